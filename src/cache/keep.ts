// How does an answer get into the store, and stay out of it if a purge overtakes it?

import type { StoredHead } from "../contract/response-cache.ts";
import type { SharedBody } from "./shared-body.ts";
import type { SharedCache } from "./shared-cache.ts";

const NO_BYTES = new Uint8Array(0);

/** Keeps what left after `epoch`; resolves when it is done, whatever came of it. */
export async function keep(
  { store, journal }: SharedCache,
  head: StoredHead,
  body: SharedBody | null,
  epoch: number,
): Promise<void> {
  if (journal.isOutdated(head, epoch)) return body?.open().cancel();
  const isKept = await store.write(head, body?.open() ?? NO_BYTES);
  if (isKept && journal.isOutdated(head, epoch)) await store.remove(head.key, head.variant);
}
