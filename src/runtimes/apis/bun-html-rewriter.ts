// Bun's HTMLRewriter rewrites Bun's own responses only: it gets one that is made of ours.

type Rewriter = new () => { transform(response: Response): Response };

/** Replaces the global class by one that takes every response. `Native` is Bun's own class of them. */
export function installBunHtmlRewriter(Native: typeof Response): void {
  const scope = globalThis as unknown as { HTMLRewriter: Rewriter };
  scope.HTMLRewriter = class HTMLRewriter extends scope.HTMLRewriter {
    override transform(response: Response): Response {
      // Bun rewrites text and bytes, too.
      if (!(response instanceof Response)) return super.transform(response);
      const rewritten = super.transform(new Native(response.body, response));
      rewritten.headers.delete("content-length");
      return rewritten;
    }
  };
}
