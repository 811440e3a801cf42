// `request.cf` (Workers docs, "Request: IncomingRequestCfProperties"): what Cloudflare's network knows of a
// client. Without that network nothing is known: the object is there, and every property of it is undefined.

const NOTHING_KNOWN = Object.freeze({});

/** Gives every Request the property; code that assigns one of its own keeps it. */
export function installRequestCf(prototype: object): void {
  if ("cf" in prototype) return;
  Object.defineProperty(prototype, "cf", {
    configurable: true,
    enumerable: true,
    get: () => NOTHING_KNOWN,
    set(value: unknown) {
      Object.defineProperty(this, "cf", { configurable: true, enumerable: true, writable: true, value });
    },
  });
}
