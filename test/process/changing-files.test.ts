// Files that change, are replaced and vanish while a server sends them: every whole answer is one version, and one
// tag always stands for the same bytes.

import { renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { makeProject, runCli, startCli } from "../cli/run-cli.ts";

/** Too large for the memory of small files, so that each answer reads the disk. */
const SIZE_BYTES = 1_200_000;
const READERS = 4;

/** All bytes of a version are its letter. */
const version = (number: number) => String.fromCharCode(97 + number).repeat(SIZE_BYTES);

/** What the readers of one server have seen. */
class Readers {
  readonly #url: string;
  readonly letters = new Map<string, string>();
  /** Answers that were no 200 or 206, or broke off: a client can tell. */
  refused = 0;
  whole = 0;
  #isReading = true;

  constructor(url: string) {
    this.#url = url;
  }

  /** Reads until `work` is done; fails when a single answer was wrong. */
  async during(work: () => Promise<void>): Promise<void> {
    const readers = Array.from({ length: READERS }, () => this.#read());
    await work().finally(() => {
      this.#isReading = false;
    });
    await Promise.all(readers);
  }

  async #read(): Promise<void> {
    while (this.#isReading) {
      const tag = await this.#take({});
      // The rest of what was begun: of the same version, or the whole of the new one.
      if (tag !== undefined) await this.#take({ range: "bytes=700000-", "if-range": tag });
    }
  }

  /** The tag of a complete answer. */
  async #take(headers: Record<string, string>): Promise<string | undefined> {
    let text: string;
    let response: Response;
    try {
      response = await fetch(this.#url, { headers });
      text = await response.text();
    } catch {
      this.refused++;
      return undefined;
    }
    if (!response.ok) {
      this.refused++;
      return undefined;
    }
    const tag = response.headers.get("etag") ?? "";
    const letter = text[0] ?? "";
    expect(text === letter.repeat(text.length), `${response.status} ${tag} has two versions`).toBe(true);
    expect(this.letters.get(tag) ?? letter).toBe(letter);
    if (response.status === 206) expect(text.length).toBe(SIZE_BYTES - 700_000);
    this.letters.set(tag, letter);
    this.whole++;
    return tag;
  }

  /** Waits until the version was read. */
  async sees(number: number): Promise<void> {
    const letter = String.fromCharCode(97 + number);
    while (![...this.letters.values()].includes(letter)) await new Promise((done) => setTimeout(done, 20));
  }
}

function makeSite(): { root: string; file: string } {
  const root = makeProject({ "package.json": '{"name":"changing"}', "public/a.bin": version(0) });
  return { root, file: join(root, "public", "a.bin") };
}

describe("files that change under a server", () => {
  test("are never mixed by `causeway dev`, however they are written", async () => {
    const { root, file } = makeSite();
    const dev = startCli(["dev", root, "--port", "0", "--quiet"]);
    const [url] = await dev.printed(/http:\/\/127\.0\.0\.1:\d+/);
    const readers = new Readers(`${url}/a.bin`);
    await readers.during(async () => {
      await readers.sees(0);
      for (const number of [1, 2, 3, 4]) {
        if (number % 2 === 0) writeFileSync(file, version(number));
        else {
          writeFileSync(`${root}/next`, version(number));
          renameSync(`${root}/next`, file);
        }
        await readers.sees(number);
      }
      rmSync(file);
      while (readers.refused === 0) await new Promise((done) => setTimeout(done, 20));
      writeFileSync(file, version(5));
      await readers.sees(5);
    });
    expect(readers.whole).toBeGreaterThan(6);
  }, 60_000);

  test("are never mixed by `causeway start`, whose build is replaced and loses files", async () => {
    const { root, file } = makeSite();
    expect((await runCli(["build", root, "--target", "node"])).code).toBe(0);
    const server = startCli(["start", root, "--port", "0", "--workers", "0"]);
    const [, url] = await server.printed(/is served on (http:\S+)/);
    const readers = new Readers(`${url}/a.bin`);
    await readers.during(async () => {
      await readers.sees(0);
      // The sources are nobody's business any more.
      writeFileSync(file, version(1));
      for (const number of [2, 3]) {
        writeFileSync(file, version(number));
        expect((await runCli(["build", root, "--target", "node"])).code).toBe(0);
      }
      rmSync(join(root, "dist", "assets"), { recursive: true });
      while (readers.refused === 0) await new Promise((done) => setTimeout(done, 20));
    });
    expect([...new Set(readers.letters.values())]).toEqual(["a"]);
  }, 60_000);

  test("are never mixed by `causeway start --workers`, which follows builds", async () => {
    const { root, file } = makeSite();
    expect((await runCli(["build", root, "--target", "node"])).code).toBe(0);
    const server = startCli(["start", root, "--port", "0", "--workers", "1"]);
    const [, url] = await server.printed(/is served on (http:\S+) by/);
    const readers = new Readers(`${url}/a.bin`);
    await readers.during(async () => {
      await readers.sees(0);
      for (const number of [1, 2]) {
        writeFileSync(file, version(number));
        expect((await runCli(["build", root, "--target", "node"])).code).toBe(0);
        await readers.sees(number);
      }
    });
    // Nobody was sent away: the old workers have the files of their build.
    expect(readers.refused).toBe(0);
  }, 60_000);
});
