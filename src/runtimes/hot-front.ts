// Prepared answers of small files, in front of the edge: sent at once.

import { createHotTable, type HotAnswer, type HotRequest } from "../assets/hot-table.ts";
import type { EdgeServices } from "../edge/edge-context.ts";
import { createDeveloperHostTest } from "../edge/phases/guard-development.ts";
import { createSparedPathFilter } from "../edge/phases.ts";

/** Asked before the edge, after the Host field has been checked. */
export interface HotFront {
  /**
   * The complete answer, or undefined if the edge must be asked; then the table learns what it can for the
   * next time.
   */
  answer(request: HotRequest): HotAnswer | undefined;
}

/** Makes the front of a release, empty at first. */
export function createHotFront(services: EdgeServices): HotFront {
  const { assets, site } = services;
  const table = createHotTable({
    assets,
    section: site.assets,
    ...(site.development && { isPlainHost: createDeveloperHostTest(site.development) }),
    isStatic: createSparedPathFilter(services),
  });
  return {
    answer(request) {
      const found = table.find(request);
      if (found === undefined) table.learn(request);
      return found;
    },
  };
}
