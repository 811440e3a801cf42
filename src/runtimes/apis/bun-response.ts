// Bun adds the type of a body only when it sends it, gives JSON a charset and bytes a type that nobody named.
// Everywhere else the type is a field of the response as soon as it is made (Fetch standard, "initialize a
// response"), JSON has no charset, and bytes have no type.

const TEXT_TYPE = "text/plain;charset=UTF-8";
const PLAIN_JSON = { headers: { "content-type": "application/json" } };
const FORM_TYPE = "application/x-www-form-urlencoded;charset=UTF-8";

/** Replaces Bun's global Response by one that shows what it will send. */
export function installBunResponse(): void {
  const Native = globalThis.Response;
  const Patched = new Proxy(Native, {
    construct(target, args: [BodyInit | null | undefined, ResponseInit | undefined], newTarget) {
      const [body, init] = args;
      const response = Reflect.construct(target, args, newTarget) as Response;
      if (response.headers.has("content-type")) return response;
      const type = typeOf(body);
      if (type !== undefined) response.headers.set("content-type", type);
      return isBytes(body) ? Reflect.construct(target, [streamOf(body), init], newTarget) : response;
    },
  });
  const { redirect } = Native;
  // The standard refuses a relative address (Fetch standard, "Response.redirect"); Bun sends it.
  Patched.redirect = (url: string | URL, status?: number) => redirect(new URL(url).href, status);
  // The properties can be written but not redefined.
  Patched.json = (data: unknown, init?: ResponseInit) => {
    const text = JSON.stringify(data);
    if (text === undefined) throw new TypeError("The data is not JSON serializable");
    if (init === undefined) return new Native(text, PLAIN_JSON);
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

function isBytes(body: unknown): body is ArrayBuffer | ArrayBufferView {
  return body instanceof ArrayBuffer || ArrayBuffer.isView(body);
}

/** The bytes in the one form for which Bun invents no type. */
function streamOf(bytes: ArrayBuffer | ArrayBufferView): ReadableStream<Uint8Array> {
  const { byteLength } = bytes;
  const view =
    bytes instanceof ArrayBuffer
      ? new Uint8Array(bytes)
      : new Uint8Array(bytes.buffer, bytes.byteOffset, byteLength);
  return new ReadableStream({
    start(controller) {
      if (byteLength > 0) controller.enqueue(view.slice());
      controller.close();
    },
  });
}
