// What a server says to a client that cannot be served: a line of text, and the end of the connection.

import { STATUS_CODES } from "node:http";
import { dateLine } from "./message-text.ts";

/** The statuses with which the server itself refuses. RFC 9110 §15.5, §15.6; RFC 6585 §5. */
export type Refusal = 400 | 408 | 417 | 431 | 501 | 505;

/** The whole answer, each character one byte. */
export function formatRefusal(status: Refusal): string {
  const text = `${STATUS_CODES[status]}\n`;
  return [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    "content-type: text/plain;charset=UTF-8",
    "cache-control: no-store",
    `content-length: ${text.length}`,
    `${dateLine()}connection: close`,
    "",
    text,
  ].join("\r\n");
}
