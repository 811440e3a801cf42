// Gives functions the Workers APIs that a runtime lacks, under the names they have there.

import { FixedLengthStream, IdentityTransformStream } from "./byte-streams.ts";
import { WorkersCacheStorage } from "./cache-storage.ts";
import { DigestStream } from "./digest-stream.ts";
import { HTMLRewriter } from "./html-rewriter.ts";
import { installRequestCf } from "./request-cf.ts";
import { wait } from "./scheduler-wait.ts";
import { timingSafeEqual } from "./timing-safe-equal.ts";
import { WebSocketPair } from "./web-socket-pair.ts";

/** Defines what is missing on globalThis. Called before functions are loaded: they may use it at once. */
export function installRuntimeApis(): void {
  define("self", globalThis);
  define("IdentityTransformStream", IdentityTransformStream);
  define("FixedLengthStream", FixedLengthStream);
  define("WebSocketPair", WebSocketPair);
  define("HTMLRewriter", HTMLRewriter);
  // Deno has caches without a default one, and keeps them on disk: one behaviour everywhere instead.
  if (!(globalThis as { caches?: { default?: unknown } }).caches?.default) {
    define("caches", new WorkersCacheStorage(), { replace: true });
  }
  if (!("DigestStream" in crypto)) {
    Object.defineProperty(crypto, "DigestStream", {
      value: DigestStream,
      configurable: true,
      writable: true,
    });
  }
  if (!("timingSafeEqual" in crypto.subtle)) {
    Object.defineProperty(Object.getPrototypeOf(crypto.subtle), "timingSafeEqual", {
      value: timingSafeEqual,
      configurable: true,
      writable: true,
    });
  }
  installRequestCf(Request.prototype);
  define("scheduler", { wait });
}

function define(name: string, value: unknown, { replace = false } = {}): void {
  if (name in globalThis && !replace) return;
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
}
