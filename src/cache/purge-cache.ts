// How does a function purge what the server keeps? It is bundled with a copy of this module, the server has its own:
// the two meet at a name in the global scope.

import type { PurgeSelection } from "../contract/response-cache.ts";

type Purger = (selection: PurgeSelection) => Promise<number>;

const NAME: unique symbol = Symbol.for("causeway.purge");
const scope = globalThis as { [NAME]?: Purger };

/**
 * Removes answers from the shared cache of the server that runs this code: in all its processes, and on all nodes
 * that it exchanges purges with. Resolves with how many it has removed here; 0 where nothing is shared.
 */
export async function purgeCache(selection: PurgeSelection): Promise<number> {
  return (await scope[NAME]?.(selection)) ?? 0;
}

/** Says what purges in this process. */
export function setPurger(purger: Purger): void {
  scope[NAME] = purger;
}
