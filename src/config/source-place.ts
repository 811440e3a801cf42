// Where in a text something stands, as problems report it: line and column from 1, and the line itself.

/** A position in a file, ready to be spread into a problem. */
export interface SourcePlace {
  line?: number;
  column?: number;
  excerpt?: string;
}

/** The place of a character offset (from 0). */
export function placeAtOffset(text: string, offset: number): SourcePlace {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf("\n") + 1;
  return placeAtLine(text, before.split("\n").length, offset - lineStart + 1);
}

/** The place of a line and column (from 1). */
export function placeAtLine(text: string, line: number, column: number): SourcePlace {
  const excerpt = text.split("\n")[line - 1]?.trim();
  return excerpt ? { line, column, excerpt } : { line, column };
}
