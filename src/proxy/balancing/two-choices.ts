// Power of two choices: two servers by chance, the less busy of them. Nearly as even as looking at all of them,
// and without the herd that runs to whichever looks idle (Mitzenmacher, 2001).

import type { ServerState } from "../server-state.ts";
import { loadOf } from "./least-busy.ts";
import type { Policy, RandomSource } from "./policy.ts";

export function createTwoChoices(random: RandomSource): Policy {
  return {
    select(candidates) {
      if (candidates.length < 2) return candidates[0];
      const first = Math.floor(random() * candidates.length);
      // Any but the first: the step from it is at least one and leads round to all others.
      const step = 1 + Math.floor(random() * (candidates.length - 1));
      const one = candidates[first] as ServerState;
      const other = candidates[(first + step) % candidates.length] as ServerState;
      return loadOf(other) < loadOf(one) ? other : one;
    },
  };
}
