// Prepared answers of small files, in front of the edge: sent at once, and logged as the edge logs.

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
  answer(request: HotRequest, clientAddress: () => string | undefined): HotAnswer | undefined;
}

/** Makes the front of a release, empty at first. */
export function createHotFront(services: EdgeServices): HotFront {
  const { assets, site, accessLog, platform } = services;
  const table = createHotTable({
    assets,
    section: site.assets,
    ...(site.development && { isPlainHost: createDeveloperHostTest(site.development) }),
    isStatic: createSparedPathFilter(services),
  });
  const answer: HotFront["answer"] = (request) => {
    const found = table.find(request);
    if (found === undefined) table.learn(request);
    return found;
  };
  if (!accessLog) return { answer };
  const { clock, log } = platform;
  return {
    answer(request, clientAddress) {
      const startedAt = clock.monotonic();
      const found = answer(request, clientAddress);
      if (found === undefined) return undefined;
      log.access({
        requestId: crypto.randomUUID(),
        method: request.method,
        target: request.target,
        status: found.status,
        durationMs: clock.monotonic() - startedAt,
        clientAddress: clientAddress(),
      });
      return found;
    },
  };
}
