// HTMLRewriter (Workers docs, "HTMLRewriter") for runtimes that have none: the streaming rewriter of
// Cloudflare's own lol-html, compiled to WebAssembly, behind the interface that Workers gives it.

import { type DocumentHandlers, type ElementHandlers, HTMLRewriter as Engine } from "html-rewriter-wasm";

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
    const body = response.body.pipeThrough(
      createRewriteStream((engine) => {
        for (const [selector, handlers] of this.#elements) engine.on(selector, handlers);
        for (const handlers of this.#documents) engine.onDocument(handlers);
      }),
    );
    const rewritten = new Response(body, response);
    rewritten.headers.delete("content-length");
    return rewritten;
  }
}

function checkSelector(selector: string): void {
  const engine = new Engine(() => {});
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

function createRewriteStream(addHandlers: (engine: Engine) => void): TransformStream<Uint8Array, Uint8Array> {
  let engine: Engine | undefined;
  let step: Promise<void> = Promise.resolve();
  /** Memory of the engine is its own: it is given back once nothing runs in it any more. */
  const release = async () => {
    const ending = engine;
    engine = undefined;
    await step.catch(() => undefined);
    ending?.free();
  };
  const advance = async (run: (engine: Engine) => Promise<void>) => {
    if (engine === undefined) return;
    step = run(engine);
    try {
      await step;
    } catch (error) {
      await release();
      throw error;
    }
  };
  const transformer: CancellableTransformer = {
    start(controller) {
      engine = new Engine((chunk) => {
        if (chunk.length > 0) controller.enqueue(chunk);
      });
      addHandlers(engine);
    },
    transform: (chunk) => advance((current) => current.write(chunk)),
    async flush() {
      await advance((current) => current.end());
      await release();
    },
    cancel: release,
  };
  return new TransformStream(transformer);
}
