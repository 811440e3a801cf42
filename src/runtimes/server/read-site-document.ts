// Reads the document of a site for a process that serves it. Most of it is the list of files, of which a process needs
// at first none: it stays text, and each entry is read when it is asked for.

import { readFile } from "node:fs/promises";
import type { AssetFile } from "../../contract/site.ts";
import { FILES_BEGIN, FILES_END } from "../../contract/site-text.ts";

const NEWLINE = 0x0a;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** The document, as JSON.parse would give it, but with a list of files that is read as far as it is used. */
export async function readSiteDocument(file: string | URL): Promise<unknown> {
  const bytes = await readFile(file);
  const begin = bytes.indexOf(FILES_BEGIN);
  const start = begin + FILES_BEGIN.length;
  const end = begin < 0 ? -1 : bytes.indexOf(FILES_END, start - 1);
  // Somebody has formatted it.
  if (end < 0) return JSON.parse(bytes.toString());
  const rest = `${bytes.toString("utf8", 0, begin)}"files":{}${bytes.toString("utf8", end + FILES_END.length)}`;
  const document = JSON.parse(rest) as { assets: { files: unknown } };
  document.assets.files = listLazily(new FileLines(bytes.subarray(start, end)));
  return document;
}

/** An object with these entries as its own properties. */
function listLazily(lines: FileLines): Record<string, AssetFile> {
  return new Proxy<Record<string, AssetFile>>(
    {},
    {
      get: (_, path) => (typeof path === "string" ? lines.find(path) : undefined),
      has: (_, path) => typeof path === "string" && lines.find(path) !== undefined,
      ownKeys: () => lines.paths(),
      getOwnPropertyDescriptor(_, path) {
        const value = typeof path === "string" ? lines.find(path) : undefined;
        return value && { value, enumerable: true, configurable: true, writable: true };
      },
    },
  );
}

/** Lines of `"path":{…},` in order of path, as JavaScript compares. */
class FileLines {
  readonly #bytes: Buffer;
  readonly #found = new Map<string, AssetFile>();

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  find(path: string): AssetFile | undefined {
    const known = this.#found.get(path);
    if (known !== undefined) return known;
    const bytes = this.#bytes;
    let low = 0;
    let high = bytes.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      // From a negative place it would be looked for from the end.
      const start = middle === 0 ? 0 : bytes.lastIndexOf(NEWLINE, middle - 1) + 1;
      const keyEnd = this.#keyEnd(start);
      const key = this.#keyAt(start, keyEnd);
      const next = this.#lineEnd(start) + 1;
      if (key === path) {
        const file = JSON.parse(this.#valueAt(keyEnd, next - 1)) as AssetFile;
        this.#found.set(path, file);
        return file;
      }
      if (key < path) low = next;
      else high = start;
    }
    return undefined;
  }

  paths(): string[] {
    const paths: string[] = [];
    for (let start = 0; start < this.#bytes.length; start = this.#lineEnd(start) + 1)
      paths.push(this.#keyAt(start, this.#keyEnd(start)));
    return paths;
  }

  #lineEnd(start: number): number {
    const end = this.#bytes.indexOf(NEWLINE, start);
    return end < 0 ? this.#bytes.length : end;
  }

  /** Where the closing quote of the key is. */
  #keyEnd(start: number): number {
    const bytes = this.#bytes;
    for (let at = start + 1; ; ) {
      const quote = bytes.indexOf(QUOTE, at);
      let backslashes = 0;
      while (bytes[quote - 1 - backslashes] === BACKSLASH) backslashes += 1;
      if (backslashes % 2 === 0) return quote;
      at = quote + 1;
    }
  }

  #keyAt(start: number, end: number): string {
    const text = this.#bytes.toString("utf8", start + 1, end);
    return text.includes("\\") ? (JSON.parse(`"${text}"`) as string) : text;
  }

  /** Behind the colon, without the comma. */
  #valueAt(keyEnd: number, lineEnd: number): string {
    return this.#bytes.toString("utf8", keyEnd + 2, lineEnd).replace(/,$/, "");
  }
}
