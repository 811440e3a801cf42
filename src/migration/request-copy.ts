// The same request with another body.

/** A copy whose body is this stream; its length, where the client told one, stays among the fields. */
export function withBody(request: Request, body: ReadableStream<Uint8Array>): Request {
  const { url, method, headers, signal } = request;
  const init = { method, headers, signal, body, duplex: "half", redirect: "manual" };
  return new Request(url, init as RequestInit);
}
