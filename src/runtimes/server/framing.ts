// Has a request a body? Read from the lines of its head: Node's `headers` cost more than all that is done for a small
// answer, and most requests need them for nothing. RFC 9112 §6.

const LENGTH = "content-length";
const CODING = "transfer-encoding";

/** Whether the head declares a body, be it empty. */
export function isFramed(rawHeaders: readonly string[]): boolean {
  return hasField(rawHeaders, LENGTH) || hasField(rawHeaders, CODING);
}

/** Whether a field, named in lower case, is there. */
export function hasField(rawHeaders: readonly string[], name: string): boolean {
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const candidate = rawHeaders[index] as string;
    if (candidate.length === name.length && candidate.toLowerCase() === name) return true;
  }
  return false;
}
