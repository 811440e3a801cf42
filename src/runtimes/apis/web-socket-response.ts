// `new Response(null, { status: 101, webSocket })` where the platform's Response refuses status 101.

/** The platform's constructor with that one case added; every other response is the platform's own. */
export function acceptWebSocketResponses(Native: typeof Response): typeof Response {
  return new Proxy(Native, {
    construct(target, [body, init], newTarget) {
      const webSocket = (init as { webSocket?: unknown } | undefined)?.webSocket;
      if (!webSocket || init?.status !== 101) return Reflect.construct(target, [body, init], newTarget);
      const { statusText = "", headers } = init as ResponseInit;
      const response = Reflect.construct(
        target,
        [null, { statusText, ...(headers && { headers }) }],
        newTarget,
      );
      return Object.defineProperties(response, {
        status: { value: 101 },
        ok: { value: false },
        webSocket: { value: webSocket },
      });
    },
  });
}
