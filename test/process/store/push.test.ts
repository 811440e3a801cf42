// `causeway assets push` against a real S3-compatible server: what is sent, what is not sent again, what is said
// when it does not work.

import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { makeProject, runCli, startCli, writeFiles } from "../../cli/run-cli.ts";
import { BUCKET, CREDENTIALS, REGION, type S3Process, startS3, stopS3 } from "./start-s3.ts";

let bucket: string;
beforeEach(() => {
  bucket = mkdtempSync(join(tmpdir(), "causeway-bucket-"));
});
afterEach(async () => {
  await stopS3();
  rmSync(bucket, { recursive: true, force: true });
});

const addressOf = ({ url }: S3Process, name = BUCKET, region = REGION) =>
  `s3://${name}/site?endpoint=${url}&region=${region}`;

/** A built site of `count` files that nobody compresses. */
async function buildSite(count: number): Promise<string> {
  const files = Array.from(
    { length: count },
    (_, index) => [`public/${index}.bin`, `file ${index}`] as const,
  );
  const root = makeProject({ "package.json": '{"name":"site"}', ...Object.fromEntries(files) });
  expect((await runCli(["build", root, "--target", "node"])).code).toBe(0);
  return root;
}

async function push(root: string, s3: S3Process, more: string[] = []) {
  const args = ["assets", "push", root, "--asset-store", addressOf(s3), "--json", ...more];
  const { code, stdout } = await runCli(args, { env: CREDENTIALS });
  return { code, ...(JSON.parse(stdout) as Record<string, unknown>) };
}

/** Names and contents agree, and nothing else lies there. */
function expectWholeBlobs(root: string): string[] {
  const files = readdirSync(join(root), { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  for (const { name, parentPath } of files) {
    if (name.endsWith(".part")) continue;
    expect(
      createHash("sha256")
        .update(readFileSync(join(parentPath, name)))
        .digest("hex"),
    ).toBe(name);
  }
  return files.map(({ name }) => name).filter((name) => !name.endsWith(".part"));
}

const puts = (s3: S3Process) => s3.requests().filter((line) => line.startsWith("PUT "));

describe("causeway assets push", () => {
  test("sends what is missing, with a checksum that the server verifies, and nothing twice", async () => {
    const s3 = await startS3(bucket, { S3_PAGE: "1" });
    const root = await buildSite(100);
    expect(await push(root, s3, ["--dry-run"])).toMatchObject({
      code: 0,
      dryRun: true,
      missing: 100,
      sent: 0,
    });
    expect(puts(s3)).toEqual([]);
    expect(await push(root, s3, ["--concurrency", "16"])).toMatchObject({ code: 0, missing: 100, sent: 100 });
    expect(puts(s3).every((line) => line.endsWith("200 with checksum"))).toBe(true);
    expect(expectWholeBlobs(join(bucket, "site")).length).toBe(100);
    expect(await push(root, s3)).toMatchObject({ code: 0, blobs: 100, missing: 0, sent: 0 });

    writeFiles(root, "public/0.bin", "another file");
    await runCli(["build", root, "--target", "node"]);
    const kept = readdirSync(join(root, "dist", "assets"), { recursive: true, encoding: "utf8" });
    const damaged = kept.find((name) => name.length > 64 && existsSync(join(bucket, "site", name)));
    truncateSync(join(bucket, "site", damaged ?? ""), 2);
    expect(await push(root, s3)).toMatchObject({ code: 0, missing: 2, sent: 2 });
    expect(expectWholeBlobs(join(bucket, "site")).length).toBe(101);
  }, 60_000);

  test.each(["SIGKILL", "SIGINT"] as const)(
    "goes on where it was when it is run again after %s",
    async (signal) => {
      const s3 = await startS3(bucket, { S3_PUT_MS: "20" });
      const root = await buildSite(120);
      const args = ["assets", "push", root, "--asset-store", addressOf(s3), "--concurrency", "4"];
      const first = startCli(args, { env: CREDENTIALS });
      while (puts(s3).length < 20) await new Promise((done) => setTimeout(done, 10));
      first.child.kill(signal);
      const { code, stderr } = await first.finished;
      if (signal === "SIGINT") {
        expect(code).toBe(130);
        expect(stderr).toMatch(/Interrupted after \d+ of 120 missing blobs\n {2}What was sent stays there/);
      }
      // What was on its way when the client died arrives whole, or not at all.
      while ((await readdirSync(bucket)).some((name) => name.endsWith(".part")))
        await new Promise((done) => setTimeout(done, 10));
      const held = expectWholeBlobs(join(bucket, "site")).length;
      expect(held).toBeGreaterThanOrEqual(16);
      expect(held).toBeLessThan(120);
      expect(await push(root, s3)).toMatchObject({ code: 0, missing: 120 - held, sent: 120 - held });
      expect(expectWholeBlobs(join(bucket, "site")).length).toBe(120);
    },
    60_000,
  );

  test("tries again when the server is busy", async () => {
    const s3 = await startS3(bucket, { S3_BUSY_EVERY: "4" });
    const root = await buildSite(20);
    expect(await push(root, s3)).toMatchObject({ code: 0, sent: 20 });
    expect(s3.requests().filter((line) => line.includes(" 503 SlowDown")).length).toBeGreaterThan(3);
    expect(expectWholeBlobs(join(bucket, "site")).length).toBe(20);
  }, 60_000);

  test("says what is wrong, and never the secret", async () => {
    const s3 = await startS3(bucket);
    const root = await buildSite(1);
    const { AWS_SECRET_ACCESS_KEY: secret } = CREDENTIALS;
    const cases: [string, Record<string, string>, string][] = [
      [addressOf(s3), { ...CREDENTIALS, AWS_SECRET_ACCESS_KEY: "b/wrong" }, "SignatureDoesNotMatch"],
      [addressOf(s3), { ...CREDENTIALS, AWS_ACCESS_KEY_ID: "other" }, "InvalidAccessKeyId"],
      [addressOf(s3, "nowhere"), CREDENTIALS, 'there is no bucket "nowhere"'],
      [addressOf(s3, BUCKET, "mars"), CREDENTIALS, "the bucket is in another region"],
      [
        addressOf(s3),
        { AWS_ACCESS_KEY_ID: "x", AWS_SECRET_ACCESS_KEY: "" },
        "AWS_SECRET_ACCESS_KEY is not set",
      ],
      [
        `https://u:${secret}@host/x`,
        CREDENTIALS,
        'Cannot use "https://host/x" as an asset store: it is no URL',
      ],
    ];
    for (const [address, env, expected] of cases) {
      const { code, stdout, stderr } = await runCli(["assets", "push", root, "--asset-store", address], {
        env,
      });
      expect([code, stderr]).toEqual([1, expect.stringContaining(expected)]);
      expect(stdout + stderr).not.toMatch(/a\/secret\+of=tests|b\/wrong/);
    }
    expect(puts(s3)).toEqual([]);
  }, 60_000);

  test("wants to be told what to do, and where", async () => {
    const root = await buildSite(1);
    for (const [args, expected] of [
      [["assets"], "Cannot tell what `causeway assets` is to do"],
      [["assets", "pull", root], 'Cannot do "pull"'],
      [["assets", "push", root], "no asset store is named"],
      [["assets", "push", root, "--concurrency", "many"], '--concurrency cannot be "many"'],
    ] as const) {
      expect(await runCli([...args])).toMatchObject({ code: 1, stderr: expect.stringContaining(expected) });
    }
  }, 60_000);
});
