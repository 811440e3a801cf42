// Lets `new Response(null, { status: 101, webSocket })` be made where the platform's class refuses 101.

type UpgradeInit = ResponseInit & { webSocket?: unknown };

/** Replaces the global Response by one that also takes upgrades; all else is the platform's own. */
export function installUpgradeResponse(): void {
  const Native = globalThis.Response;
  const Patched = new Proxy(Native, {
    construct(target, args: [BodyInit | null | undefined, UpgradeInit | undefined], newTarget) {
      const init = args[1];
      if (init === undefined || init.status !== 101 || !init.webSocket)
        return Reflect.construct(target, args, newTarget);
      const response = Reflect.construct(target, [null, { ...init, status: 200 }], newTarget) as Response;
      Object.defineProperties(response, { status: { value: 101 }, webSocket: { value: init.webSocket } });
      return response;
    },
  });
  Object.defineProperty(globalThis, "Response", { value: Patched, writable: true, configurable: true });
}
