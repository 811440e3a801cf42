// A file of a build that has not been written yet.

export interface BuildFile {
  /** Below the output directory, with `/`. */
  path: string;
  contents: Uint8Array;
}

/** A file of UTF-8 text. */
export function textFile(path: string, text: string): BuildFile {
  return { path, contents: new TextEncoder().encode(text) };
}
