// Reads the document of a site for a process that serves it. Most of it is the list of files, of which a process needs
// at first the paths: what is said of them stays text, and is read when it is asked for.

import { readFile } from "node:fs/promises";
import type { AssetFile } from "../../contract/site.ts";
import { FILES_BEGIN, FILES_END } from "../../contract/site-text.ts";

const NEWLINE = 0x0a;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** The quote and the colon. */
const BEHIND_KEY = 2;

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

/** Lines of `"path":{…},`, of which at first the paths alone are read. */
class FileLines {
  readonly #bytes: Buffer;
  /** Each file, or where its text begins. */
  readonly #files = new Map<string, AssetFile | number>();

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
    for (let start = 0; start < bytes.length; start = this.#lineEnd(start) + 1) {
      const keyEnd = this.#keyEnd(start);
      this.#files.set(this.#keyAt(start, keyEnd), keyEnd + BEHIND_KEY);
    }
  }

  find(path: string): AssetFile | undefined {
    const known = this.#files.get(path);
    if (typeof known !== "number") return known;
    const text = this.#bytes.toString("utf8", known, this.#lineEnd(known));
    const file = JSON.parse(text.endsWith(",") ? text.slice(0, -1) : text) as AssetFile;
    this.#files.set(path, file);
    return file;
  }

  paths(): string[] {
    return [...this.#files.keys()];
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
}
