// Does a path fit a rule in which only `*` is special? For _routes.json and `run_worker_first`.

/** Compiles a rule: `*` is any run of characters, slashes included; anchored at both ends, case-sensitive. */
export function createGlobMatcher(glob: string): (text: string) => boolean {
  const [head = "", ...parts] = glob.split("*");
  const tail = parts.pop();
  if (tail === undefined) return (text) => text === head;
  return (text) => {
    const end = text.length - tail.length;
    if (end < head.length || !text.startsWith(head) || !text.endsWith(tail)) return false;
    return containsInOrder(text, parts, head.length, end);
  };
}

/** The leftmost place for each part is the best one, so nothing is tried twice. */
function containsInOrder(text: string, parts: readonly string[], start: number, end: number): boolean {
  let position = start;
  for (const part of parts) {
    const found = text.indexOf(part, position);
    if (found === -1 || found + part.length > end) return false;
    position = found + part.length;
  }
  return true;
}
