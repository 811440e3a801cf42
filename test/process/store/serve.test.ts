// A site whose files are in a bucket, on each runtime: the bucket's server is killed and comes back, and what it
// sends is believed only if it is what was listed.

import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { makeProject, runCli, startCli } from "../../cli/run-cli.ts";
import { SERVER_RUNTIMES, type ServerRuntime, startBuild } from "../start-build.ts";
import { BUCKET, CREDENTIALS, REGION, startS3, stopS3 } from "./start-s3.ts";

/** Larger than what is sent from memory, so that it is streamed. */
const LARGE = "0123456789abcdef".repeat(40_000);
const FILES = { "a.bin": "first", "b.bin": "second", "large.bin": LARGE, "c.bin": "third" };

let bucket: string;
beforeEach(() => {
  bucket = mkdtempSync(join(tmpdir(), "causeway-bucket-"));
});
afterEach(async () => {
  await stopS3();
  rmSync(bucket, { recursive: true, force: true });
});

/** A site that was built and pushed; its own copies of the files are gone. */
async function deploySite(url: string): Promise<string> {
  const assetStore = `s3://${BUCKET}/site?endpoint=${url}&region=${REGION}`;
  const files = Object.entries(FILES).map(([name, text]) => [`public/${name}`, text] as const);
  const root = makeProject({
    "package.json": JSON.stringify({ name: "remote", causeway: { assetStore } }),
    "functions/hello.ts": "export const onRequest = () => new Response('from code');",
    "functions/through.ts": "export const onRequest = ({ env }) => env.ASSETS.fetch('http://x/c.bin');",
    ...Object.fromEntries(files),
  });
  for (const args of [
    ["build", root, "--target", "node,bun,deno"],
    ["assets", "push", root],
  ]) {
    const { code, stderr } = await runCli(args, { env: CREDENTIALS });
    expect([code, stderr]).toEqual([0, ""]);
  }
  rmSync(join(root, "dist", "assets"), { recursive: true });
  return root;
}

interface Site {
  get(path: string, init?: RequestInit): Promise<{ status: number; headers: Headers; text: string }>;
  stop(): Promise<void>;
}

async function startSite(root: string, runtime: ServerRuntime): Promise<Site> {
  const { origin, stop } = await startBuild(join(root, "dist"), runtime, CREDENTIALS);
  return {
    async get(path, init) {
      const response = await fetch(origin + path, { ...init, signal: AbortSignal.timeout(15_000) });
      return { status: response.status, headers: response.headers, text: await response.text() };
    },
    stop,
  };
}

async function until(isTrue: () => Promise<boolean>): Promise<void> {
  const endMs = Date.now() + 15_000;
  while (!(await isTrue())) {
    if (Date.now() > endMs) throw new Error("It did not come about in 15 seconds");
    await new Promise((done) => setTimeout(done, 50));
  }
}

describe.each(SERVER_RUNTIMES)("files in a bucket, on %s", (runtime) => {
  test("are served while the bucket is there, from copies while it is gone, and again when it is back", async () => {
    const first = await startS3(bucket);
    const root = await deploySite(first.url);
    let site = await startSite(root, runtime);
    try {
      expect(await site.get("/a.bin")).toMatchObject({ status: 200, text: "first" });
      expect((await site.get("/large.bin", { headers: { range: "bytes=16-31" } })).text).toBe(
        "0123456789abcdef",
      );
      expect(existsSync(join(root, "dist", "assets"))).toBe(false);

      await first.kill();
      for (const path of ["/a.bin", "/large.bin"]) expect((await site.get(path)).status).toBe(200);
      expect((await site.get("/large.bin")).text).toBe(LARGE);
      const failed = await site.get("/b.bin");
      expect([failed.status, failed.headers.get("retry-after"), failed.headers.get("cache-control")]).toEqual(
        [503, "1", "no-store"],
      );
      expect(failed.text).not.toMatch(/127\.0\.0\.1|ECONN|bucket/);
      expect((await site.get("/through")).status).toBe(503);
      expect(await site.get("/hello")).toMatchObject({ status: 200, text: "from code" });

      // A start does not need the bucket, and copies outlive the process.
      await site.stop();
      site = await startSite(root, runtime);
      expect(await site.get("/a.bin")).toMatchObject({ status: 200, text: "first" });
      expect((await site.get("/b.bin")).status).toBe(503);

      const asked = site;
      await startS3(bucket, { S3_PORT: String(first.port) });
      await until(async () => (await asked.get("/b.bin")).status === 200);
      expect(await site.get("/b.bin")).toMatchObject({ status: 200, text: "second" });
      expect(await site.get("/through")).toMatchObject({ status: 200, text: "third" });
    } finally {
      await site.stop();
    }
  }, 60_000);
});

describe("a bucket that cannot be believed", () => {
  test("never gets its bytes served or kept", async () => {
    const s3 = await startS3(bucket);
    const root = await deploySite(s3.url);
    const objects = readdirSync(bucket, { recursive: true, encoding: "utf8" }).map((name) =>
      join(bucket, name),
    );
    const object = objects.find(
      (path) => path.length > bucket.length + 64 && readFileSync(path, "utf8") === "second",
    );
    writeFileSync(`${object}.new`, "SECOND");
    renameSync(`${object}.new`, object as string);
    const site = await startSite(root, "node");
    try {
      expect(await site.get("/b.bin")).toMatchObject({ status: 503 });
      const copies = join(root, ".causeway", "asset-copies");
      expect(readdirSync(copies, { recursive: true })).toEqual([]);
      writeFileSync(object as string, "second");
      await until(async () => (await site.get("/b.bin")).text === "second");
      expect(await site.get("/a.bin")).toMatchObject({ status: 200, text: "first" });
    } finally {
      await site.stop();
    }
  }, 60_000);
});

describe("causeway start", () => {
  test("serves from a store that the command line names, in workers, without a copy of the files", async () => {
    const s3 = await startS3(bucket);
    const root = await deploySite(s3.url);
    const store = `s3://${BUCKET}/site?endpoint=${s3.url}&region=${REGION}`;
    const copies = mkdtempSync(join(tmpdir(), "causeway-copies-"));
    try {
      const args = [
        "start",
        root,
        "--port",
        "0",
        "--workers",
        "1",
        "--asset-store",
        store,
        "--asset-cache",
        copies,
      ];
      const server = startCli(args, { env: CREDENTIALS });
      const [, origin] = await server.printed(/is served on (http:\S+) by 1 worker/);
      expect(await (await fetch(`${origin}/a.bin`)).text()).toBe("first");
      expect(readdirSync(copies, { recursive: true }).length).toBe(2);
    } finally {
      rmSync(copies, { recursive: true });
    }
  }, 60_000);

  test("ends with a message where the store cannot be meant", async () => {
    const s3 = await startS3(bucket);
    const root = await deploySite(s3.url);
    for (const [store, env, expected] of [
      ["gopher://x", CREDENTIALS, "is no kind of store"],
      ["s3://bucket/x", { AWS_ACCESS_KEY_ID: "" }, "AWS_ACCESS_KEY_ID is not set"],
    ] as const) {
      const ended = await runCli(["start", root, "--port", "0", "--asset-store", store], { env });
      expect(ended).toMatchObject({ code: 1, stderr: expect.stringContaining(expected) });
    }
  }, 60_000);
});
