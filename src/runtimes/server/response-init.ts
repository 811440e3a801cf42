// The checks that the Response constructor makes (Fetch standard, "initialize a response").

export interface CheckedInit {
  status: number;
  statusText: string;
  headers: HeadersInit | undefined;
  /** The fields as name, value, name, value … in lower case, if they are known without a Headers object. */
  fields: string[] | undefined;
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
  return { status, statusText, headers: init.headers, fields: readPlainFields(init.headers) };
}

/** Reads an object literal of well-formed fields, the usual way to write headers; undefined for all else. */
function readPlainFields(headers: HeadersInit | undefined): string[] | undefined {
  if (headers === undefined) return [];
  if (Object.getPrototypeOf(headers) !== Object.prototype) return undefined;
  const fields: string[] = [];
  for (const key in headers as Record<string, unknown>) {
    const value = (headers as Record<string, unknown>)[key];
    if (typeof value !== "string" || !FIELD_NAME.test(key) || !FIELD_VALUE.test(value)) return undefined;
    const name = key.toLowerCase();
    // Two spellings of one name are joined, which is the Headers class's business.
    if (fields.includes(name)) return undefined;
    fields.push(name, value);
  }
  return fields;
}
