// Answers of the server itself, where no site is asked.

import type { OutgoingAnswer } from "./outgoing.ts";

/** Sends a line of text that nobody may keep. */
export function answerPlainly(
  outgoing: OutgoingAnswer,
  status: number,
  text: string,
  fields: readonly string[] = [],
): void {
  const own = ["content-type", "text/plain;charset=UTF-8", "cache-control", "no-store"];
  outgoing.writeHead(status, [...own, "content-length", String(text.length), ...fields]);
  outgoing.end(text);
}
