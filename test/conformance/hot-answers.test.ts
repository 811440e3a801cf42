// Prepared answers are those of the usual way, byte for byte, on every runtime that prepares any.

import { mkdtemp, readFile, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Site } from "../../src/contract/site.ts";
import { type LaunchedSite, launch } from "../runtimes/launch.ts";
import { buildSite } from "./build-site.ts";

const RUNTIMES = ["node", "bun", "deno"] as const;
const SITES = ["static", "functions"] as const;
const CODINGS = [undefined, "gzip", "br", "zstd", "gzip, deflate, br, zstd", "br;q=0.5, gzip;q=0.8", "*;q=0"];
/** How often a request is sent before it counts: the first time the answer is prepared. */
const WARM_UPS = 2;
/** A GET that declares an empty body means the same, and no answer is prepared for it. */
const USUAL_WAY = "content-length: 0\r\n";

describe.each(SITES)("site %s", (name) => {
  let dist: string;
  let targets: string[];

  beforeAll(async () => {
    dist = await mkdtemp(join(tmpdir(), "causeway-hot-"));
    await buildSite(join(import.meta.dirname, "../sites", name), dist, [...RUNTIMES]);
    const site: Site = JSON.parse(await readFile(join(dist, "site.json"), "utf8"));
    targets = Object.keys(site.assets.files).flatMap(targetsOf);
  }, 60_000);
  afterAll(() => rm(dist, { recursive: true, force: true }));

  describe.each(RUNTIMES)("on %s", (runtime) => {
    let launched: LaunchedSite;
    beforeAll(async () => {
      launched = await launch(runtime, dist);
    }, 60_000);
    afterAll(() => launched.stop());

    it("answers GET and HEAD in every coding as it does the usual way", { timeout: 60_000 }, async () => {
      for (const head of heads(targets)) {
        for (let time = 0; time < WARM_UPS; time += 1) await exchange(launched, head);
        expect(await exchange(launched, head)).toBe(await exchange(launched, head + USUAL_WAY));
      }
    });

    it("answers who has the file already as it does the usual way", { timeout: 60_000 }, async () => {
      for (const head of heads(targets)) {
        const tag = /^etag: (.*)\r$/im.exec(await exchange(launched, head))?.[1];
        if (tag === undefined) continue;
        for (const held of [tag, `W/${tag}`, '"another"', "*"]) {
          const conditional = `${head}if-none-match: ${held}\r\n`;
          const answer = await exchange(launched, conditional);
          expect(answer).toBe(await exchange(launched, conditional + USUAL_WAY));
          expect(answer.startsWith("HTTP/1.1 304 ")).toBe(held !== '"another"');
        }
      }
    });
  });
});

/** The addresses under which a file may be found: its own, and those of pages. */
function targetsOf(path: string): string[] {
  const target = encodeURI(path);
  const pages = [target.replace(/\/index\.html$/, "/"), target.replace(/\.html$/, "")];
  return [...new Set([target, ...pages, `${target}?a=1`])];
}

function heads(targets: readonly string[]): string[] {
  return targets.flatMap((target) =>
    CODINGS.flatMap((coding) => {
      const accepted = coding === undefined ? "" : `accept-encoding: ${coding}\r\n`;
      return ["GET", "HEAD"].map((method) => `${method} ${target} HTTP/1.1\r\n${accepted}`);
    }),
  );
}

/**
 * The bytes of an answer, a character each, less the time that it names. Deno's Headers do not let us choose
 * in which order fields of different names are sent, and it means nothing (RFC 9110 §5.3).
 */
async function exchange({ origin, runtime }: LaunchedSite, head: string): Promise<string> {
  const text = await send(origin, head);
  const answer = text
    .replace(/^(?:date|x-request-id): .*\r\n/gim, "")
    .replace(/^Request [\w-]{36}$/m, "Request");
  if (runtime !== "deno") return answer;
  const end = answer.indexOf("\r\n\r\n");
  const [status, ...fields] = answer.slice(0, end).split("\r\n");
  return [status, ...fields.sort()].join("\r\n") + answer.slice(end);
}

function send(origin: URL, head: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(origin.port), origin.hostname);
    let text = "";
    socket.setEncoding("latin1").setTimeout(10_000, () => socket.destroy(new Error(`No end: ${head}`)));
    socket.on("data", (chunk: string) => {
      text += chunk;
    });
    socket.once("error", reject);
    socket.once("end", () => resolve(text));
    socket.write(`${head}host: ${origin.host}\r\nconnection: close\r\n\r\n`);
  });
}
