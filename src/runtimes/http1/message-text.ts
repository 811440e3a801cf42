// The head of an answer as it goes over the wire, each character one byte. RFC 9112 §4, §5.

import { STATUS_CODES } from "node:http";
import { isFieldName, isFieldValue, isToken } from "../../http/field-lines.ts";
import { formatHttpDate } from "../../http/http-date.ts";

const MAX_KEPT_LENGTH = 4_096;

/** What the fields of an answer say of its framing. */
export interface FormattedHead {
  /** Ends with the CRLF of its last line. */
  text: string;
  hasLength: boolean;
  hasDate: boolean;
}

/** The head before: answers of a route mostly begin alike. */
let last:
  | { status: number; statusText: string | undefined; fields: readonly string[]; head: FormattedHead }
  | undefined;

/** Throws a TypeError for what cannot be sent: a name that is no token, a value with a control or a wide character. */
export function formatHead(
  status: number,
  statusText: string | undefined,
  fields: readonly string[],
): FormattedHead {
  if (last?.status === status && last.statusText === statusText && isSame(last.fields, fields))
    return last.head;
  const head = writeHead(status, statusText, fields);
  // A copy: whoever made the list may go on with it.
  last =
    head.text.length > MAX_KEPT_LENGTH ? undefined : { status, statusText, fields: fields.slice(), head };
  return head;
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  if (one.length !== other.length) return false;
  for (let index = 0; index < one.length; index++) if (one[index] !== other[index]) return false;
  return true;
}

function writeHead(status: number, statusText: string | undefined, fields: readonly string[]): FormattedHead {
  if (statusText !== undefined && !isFieldValue(statusText))
    throw new TypeError("Invalid character in the status text");
  let text = `HTTP/1.1 ${status} ${statusText ?? STATUS_CODES[status] ?? "Unknown"}\r\n`;
  let hasLength = false;
  let hasDate = false;
  for (let index = 0; index < fields.length; index += 2) {
    const name = fields[index] as string;
    const value = fields[index + 1] as string;
    if (!isFieldName(name) && !isToken(name))
      throw new TypeError(`Invalid header name ${JSON.stringify(name)}`);
    if (!isFieldValue(value)) throw new TypeError(`Invalid character in the header ${name}`);
    if (name === "content-length") hasLength = true;
    else if (name === "date") hasDate = true;
    text += `${name}: ${value}\r\n`;
  }
  return { text, hasLength, hasDate };
}

let second = 0;
let line = "";

/** The field that says when an answer was made (RFC 9110 §6.6.1), with its CRLF. */
export function dateLine(): string {
  const now = Math.floor(Date.now() / 1_000);
  if (now !== second) {
    second = now;
    line = `Date: ${formatHttpDate(now * 1_000)}\r\n`;
  }
  return line;
}
