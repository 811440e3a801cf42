// lol-html as WebAssembly, loaded by the first rewriter: it is large, and most sites rewrite nothing.

import { createRequire } from "node:module";
import type { HTMLRewriter } from "html-rewriter-wasm";

/** One rewriting in progress. */
export type Engine = HTMLRewriter;

/** Set where a build bundles this module: the engine is then a file beside it, not a package. */
declare const CAUSEWAY_HTML_REWRITER: string | undefined;

let engines: typeof import("html-rewriter-wasm") | undefined;

/** Starts an engine that hands its output to `sink`; it must be freed. */
export function createEngine(sink: (chunk: Uint8Array) => void): Engine {
  engines ??= loadEngines();
  return new engines.HTMLRewriter(sink);
}

/** `require`, because selectors are checked, and so the engine is needed, inside synchronous calls. */
function loadEngines(): typeof import("html-rewriter-wasm") {
  const name = typeof CAUSEWAY_HTML_REWRITER === "undefined" ? "html-rewriter-wasm" : CAUSEWAY_HTML_REWRITER;
  return createRequire(import.meta.url)(name);
}
