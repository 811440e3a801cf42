// HTMLRewriter (Workers docs, "HTMLRewriter") for runtimes that have none: the streaming rewriter of
// Cloudflare's own lol-html, compiled to WebAssembly, behind the interface that Workers gives it.

import type { DocumentHandlers, ElementHandlers } from "html-rewriter-wasm";
import { createEngine, type Engine } from "./html-rewriter-engine.ts";
import { HandlerGuard } from "./html-rewriter-guard.ts";

/** Rewrites HTML while it passes through; one rewriter can transform any number of responses. */
export class HTMLRewriter {
  readonly #elements: [selector: string, handlers: ElementHandlers][] = [];
  readonly #documents: DocumentHandlers[] = [];

  /** Calls `handlers` for what a CSS selector finds. Throws for a selector that is none. */
  on(selector: string, handlers: ElementHandlers): this {
    checkSelector(selector);
    this.#elements.push([selector, handlers]);
    return this;
  }

  onDocument(handlers: DocumentHandlers): this {
    this.#documents.push(handlers);
    return this;
  }

  /** The same response with a body that is rewritten as it is read. */
  transform(response: Response): Response {
    if (response.body === null) return new Response(null, response);
    const stream = createRewriteStream([...this.#elements], [...this.#documents]);
    const rewritten = new Response(response.body.pipeThrough(stream), response);
    rewritten.headers.delete("content-length");
    return rewritten;
  }
}

function checkSelector(selector: string): void {
  const engine = createEngine(() => {});
  try {
    engine.on(selector, {});
  } catch (error) {
    throw new TypeError(
      `"${selector}" is not a selector: ${error instanceof Error ? error.message : String(error)}`,
    );
  } finally {
    engine.free();
  }
}

/** `cancel` is newer than the type declarations know. */
type CancellableTransformer = Transformer<Uint8Array, Uint8Array> & { cancel?: () => Promise<void> };

function createRewriteStream(
  elements: readonly [string, ElementHandlers][],
  documents: readonly DocumentHandlers[],
): TransformStream<Uint8Array, Uint8Array> {
  const guard = new HandlerGuard();
  let engine: Engine | undefined;
  let step: Promise<void> = Promise.resolve();
  const release = () => {
    engine?.free();
    engine = undefined;
  };
  const advance = async (run: (engine: Engine) => Promise<void>) => {
    if (engine === undefined) return;
    step = run(engine);
    try {
      await step;
      guard.rethrow();
    } catch (error) {
      release();
      throw error;
    }
  };
  const transformer: CancellableTransformer = {
    start(controller) {
      const created = createEngine((chunk) => {
        // What is thrown here would pass through the engine: a cancelled stream must not be written to.
        if (chunk.length > 0 && !guard.isStopped) controller.enqueue(chunk);
      });
      for (const [selector, handlers] of elements) created.on(selector, guard.wrap(handlers));
      for (const handlers of documents) created.onDocument(guard.wrap(handlers));
      engine = created;
    },
    transform: (chunk) => advance((current) => current.write(chunk)),
    async flush() {
      await advance((current) => current.end());
      release();
    },
    async cancel() {
      guard.stop();
      // The engine's memory may only be given back once nothing runs in it any more.
      await step.catch(() => undefined);
      release();
    },
  };
  return new TransformStream(transformer);
}
