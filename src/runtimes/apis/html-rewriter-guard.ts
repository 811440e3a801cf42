// Stands between handlers and the HTML engine, which is careless of both ends: a rejection that passed
// through it would leave it suspended for good, and what it hands to handlers it never takes back.

import type { DocumentHandlers, Element, ElementHandlers } from "html-rewriter-wasm";

/** A token in the engine's memory. `free` is not declared, but every one has it. */
interface Token {
  free(): void;
}

type Method = (token: Token) => unknown;

/** The handlers of one transformation, as the engine may call them. */
export class HandlerGuard {
  #failure: { error: unknown } | undefined;
  #isStopped = false;

  /** Handlers whose failures stop the rewriting instead of breaking it. */
  wrap<Handlers extends ElementHandlers | DocumentHandlers>(handlers: Handlers): Handlers {
    const wrapped: Record<string, Method> = {};
    for (const name of ["element", "comments", "text", "doctype", "end"]) {
      const method = (handlers as Record<string, unknown>)[name];
      if (typeof method !== "function") continue;
      const call: Method = (token) => method.call(handlers, token);
      wrapped[name] = this.#guarded(name === "element" ? this.#withEndTags(call) : call);
    }
    return wrapped as unknown as Handlers;
  }

  /** After a failure, or because nobody reads any more. */
  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** Calls no handler any more. */
  stop(): void {
    this.#isStopped = true;
  }

  /** Throws what a handler threw or rejected with. */
  rethrow(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  #guarded(call: Method): Method {
    return (token) => {
      if (this.#isStopped) return token.free();
      try {
        const result = call(token);
        if (result instanceof Promise) {
          return result.catch((error: unknown) => this.#fail(error)).finally(() => token.free());
        }
      } catch (error) {
        this.#fail(error);
      }
      token.free();
    };
  }

  /** Handlers of end tags are given while the element is handled, and need the same care. */
  #withEndTags(call: Method): Method {
    return (token) => {
      const element = token as Token & Element;
      const onEndTag = element.onEndTag.bind(element);
      element.onEndTag = (handler) =>
        onEndTag(this.#guarded(handler as unknown as Method) as unknown as typeof handler);
      return call(element);
    };
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
    this.#isStopped = true;
  }
}
