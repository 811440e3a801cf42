// Answers of the server itself, where no site is asked.

import type { ServerResponse } from "node:http";

/** Sends a line of text that nobody may keep. */
export function answerPlainly(
  outgoing: ServerResponse,
  status: number,
  text: string,
  fields: Readonly<Record<string, string>> = {},
): void {
  outgoing.writeHead(status, {
    "content-type": "text/plain;charset=UTF-8",
    "cache-control": "no-store",
    "content-length": text.length,
    ...fields,
  });
  outgoing.end(text);
}
