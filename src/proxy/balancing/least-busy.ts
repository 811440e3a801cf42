// The server with the fewest requests under way, in proportion to its weight; among equals by chance, so that
// several proxies in front of the same servers do not all choose the first.

import type { ServerState } from "../server-state.ts";
import type { Policy, RandomSource } from "./policy.ts";

export function createLeastBusy(random: RandomSource): Policy {
  return {
    select(candidates) {
      const least = Math.min(...candidates.map(loadOf));
      const equals = candidates.filter((candidate) => loadOf(candidate) === least);
      return equals[Math.floor(random() * equals.length)];
    },
  };
}

/** Requests under way per unit of weight, the next one included: an idle server's weight counts as well. */
export function loadOf({ active, weight }: ServerState): number {
  return (active + 1) / weight;
}
