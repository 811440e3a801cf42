// Gives functions the Workers APIs that a runtime lacks, under the names they have there.

import { WorkersCacheStorage } from "./cache-storage.ts";
import { createHtmlRewriterClass, type RawModule } from "./html-rewriter-class.ts";
import { timingSafeEqual } from "./timing-safe-equal.ts";
import { WebSocketPair } from "./web-socket-pair.ts";

/** Defines what is missing on globalThis. Called before functions are loaded: they may use it at once. */
export function installRuntimeApis(): void {
  define("WebSocketPair", WebSocketPair);
  define("HTMLRewriter", createHtmlRewriterClass(loadHtmlRewriter));
  // Deno has caches without a default one, and keeps them on disk: one behaviour everywhere instead.
  if (!(globalThis as { caches?: { default?: unknown } }).caches?.default) {
    define("caches", new WorkersCacheStorage(), { replace: true });
  }
  if (!("timingSafeEqual" in crypto.subtle)) {
    Object.defineProperty(Object.getPrototypeOf(crypto.subtle), "timingSafeEqual", {
      value: timingSafeEqual,
      configurable: true,
      writable: true,
    });
  }
  if (!("cf" in Request.prototype)) {
    // What the edge network would know about the client; there is none here, and reading a field must not throw.
    Object.defineProperty(Request.prototype, "cf", { get: () => ({}), configurable: true });
  }
  define("scheduler", {
    wait: (delayMs: number) => new Promise<void>((resolve) => setTimeout(resolve, delayMs)),
  });
}

function define(name: string, value: unknown, { replace = false } = {}): void {
  if (name in globalThis && !replace) return;
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
}

function loadHtmlRewriter(): Promise<RawModule> {
  return import("./html-rewriter.ts") as unknown as Promise<RawModule>;
}
