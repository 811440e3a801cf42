// Bun adds the type of a body only when it sends it, and gives JSON a charset. Everywhere else the type is a
// field of the response as soon as it is made (Fetch standard, "initialize a response"), and JSON has none.

const TEXT_TYPE = "text/plain;charset=UTF-8";
const FORM_TYPE = "application/x-www-form-urlencoded;charset=UTF-8";

/** Replaces Bun's global Response by one that shows what it will send. */
export function installBunResponse(): void {
  const Native = globalThis.Response;
  const Patched = new Proxy(Native, {
    construct(target, args: [BodyInit | null | undefined, ResponseInit | undefined], newTarget) {
      const response = Reflect.construct(target, args, newTarget) as Response;
      const type = typeOf(args[0]);
      if (type !== undefined && !response.headers.has("content-type"))
        response.headers.set("content-type", type);
      return response;
    },
  });
  const { redirect } = Native;
  // The standard refuses a relative address (Fetch standard, "Response.redirect"); Bun sends it.
  Patched.redirect = (url: string | URL, status?: number) => redirect(new URL(url).href, status);
  // The properties can be written but not redefined.
  Patched.json = (data: unknown, init: ResponseInit = {}) => {
    const text = JSON.stringify(data);
    if (text === undefined) throw new TypeError("The data is not JSON serializable");
    const headers = new Headers(init.headers);
    if (!headers.has("content-type")) headers.set("content-type", "application/json");
    return new Native(text, { ...init, headers });
  };
  Object.defineProperty(globalThis, "Response", { value: Patched, writable: true, configurable: true });
}

/** The type that a body brings along. */
function typeOf(body: BodyInit | null | undefined): string | undefined {
  if (typeof body === "string") return TEXT_TYPE;
  if (body instanceof URLSearchParams) return FORM_TYPE;
  return body instanceof Blob && body.type !== "" ? body.type : undefined;
}
