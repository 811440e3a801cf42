import { describe, expect, test } from "vitest";
import { createRestingStore } from "../../../../src/assets/stores/resting-store.ts";
import type { AssetStore } from "../../../../src/contract/platform.ts";
import { StoreError } from "../../../../src/contract/store-error.ts";

const BLOB = { hash: "a".repeat(64), size: 1, path: "/x" };
const BYTES = new Uint8Array(1);

/** A store that fails with `failure` while there is one, under a clock that stands still. */
function createRested() {
  const state = { reads: 0, nowMs: 0, failure: undefined as Error | undefined };
  const store: AssetStore = {
    async read() {
      state.reads++;
      if (state.failure) throw state.failure;
      return BYTES;
    },
  };
  return {
    state,
    store: createRestingStore(store, { clock: { monotonic: () => state.nowMs }, restMs: 1_000 }),
  };
}

describe("createRestingStore", () => {
  test("leaves a store alone for a moment after it failed, and asks again by itself", async () => {
    const { state, store } = createRested();
    state.failure = new StoreError("down", { isTransient: true });
    for (let times = 0; times < 3; times++) await expect(store.read(BLOB)).rejects.toThrow("down");
    expect(state.reads).toBe(1);
    state.failure = undefined;
    state.nowMs = 999;
    await expect(store.read(BLOB)).rejects.toThrow("down");
    state.nowMs = 1_000;
    expect(await store.read(BLOB)).toBe(BYTES);
    expect(state.reads).toBe(2);
  });

  test("does not rest for what will not pass, or is a fault of ours", async () => {
    for (const failure of [new StoreError("refused", { isTransient: false }), new TypeError("bug")]) {
      const { state, store } = createRested();
      state.failure = failure;
      for (let times = 0; times < 3; times++) await expect(store.read(BLOB)).rejects.toBe(failure);
      expect(state.reads).toBe(3);
    }
  });
});
