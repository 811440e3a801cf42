// Smooth weighted round-robin: with weights 5, 1, 1 the turns are a a b a c a a, not five of one in a row.
// Each turn every server gains its weight; the richest is taken and pays what all have gained.

import type { ServerState } from "../server-state.ts";
import type { Policy } from "./policy.ts";

export function createRoundRobin(): Policy {
  const credits = new WeakMap<ServerState, number>();
  return {
    select(candidates) {
      if (candidates.length === 1) return candidates[0];
      let total = 0;
      let richest: ServerState | undefined;
      let most = Number.NEGATIVE_INFINITY;
      for (const candidate of candidates) {
        const { weight } = candidate;
        const credit = (credits.get(candidate) ?? 0) + weight;
        credits.set(candidate, credit);
        total += weight;
        if (credit > most) {
          richest = candidate;
          most = credit;
        }
      }
      if (richest !== undefined) credits.set(richest, most - total);
      return richest;
    },
  };
}
