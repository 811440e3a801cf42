// The checks that the Response constructor makes (Fetch standard, "initialize a response").

export interface CheckedInit {
  status: number;
  statusText: string;
  headers: HeadersInit | undefined;
  /** The header fields are known to be well-formed without building a Headers object. */
  plain: boolean;
}

const FIELD_NAME = /^[!#$%&'*+\-.^_`|~\dA-Za-z]+$/;
const FIELD_VALUE = /^[\x21-\x7e\x80-\xff](?:[\t\x20-\x7e\x80-\xff]*[\x21-\x7e\x80-\xff])?$/;

/** Statuses whose responses have no body. */
export function isNullBodyStatus(status: number): boolean {
  return status === 101 || status === 204 || status === 205 || status === 304;
}

/** Throws what the platform's constructor would throw for the same arguments. */
export function checkResponseInit(init: ResponseInit, body: unknown, isWebSocket: boolean): CheckedInit {
  const status = init.status === undefined ? 200 : Math.trunc(Number(init.status));
  const inRange = (status >= 200 && status <= 599) || (status === 101 && isWebSocket);
  if (!inRange) throw new RangeError(`The status ${status} is outside 200 to 599`);
  if (body !== null && body !== undefined && isNullBodyStatus(status)) {
    throw new TypeError(`A response with status ${status} cannot have a body`);
  }
  const statusText = init.statusText ?? "";
  if (/[^\t\x20-\x7e\x80-\xff]/.test(statusText)) throw new TypeError("Invalid statusText");
  return { status, statusText, headers: init.headers, plain: isPlainHeaders(init.headers) };
}

/** A small object literal of well-formed fields: the usual way to write headers. */
function isPlainHeaders(headers: HeadersInit | undefined): headers is Record<string, string> {
  if (headers === undefined || headers instanceof Headers || Array.isArray(headers)) return false;
  if (Object.getPrototypeOf(headers) !== Object.prototype) return false;
  for (const name in headers) {
    const value = (headers as Record<string, unknown>)[name];
    if (typeof value !== "string" || !FIELD_NAME.test(name) || !FIELD_VALUE.test(value)) return false;
  }
  return true;
}
