import { execFileSync } from "node:child_process";
import { chmod, mkdir, mkdtemp, readFile, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type ListAssetsOptions, listAssets } from "../../../src/build/list-assets.ts";
import { sha256 } from "../../conformance/asset-store.ts";

const OLD = new Date("2023-11-14T22:13:20Z");
const HELLO_SHA256 = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";

let project: string;
let root: string;
beforeEach(async () => {
  project = await mkdtemp(join(tmpdir(), "causeway-list-"));
  root = join(project, "public");
  await mkdir(root);
});
afterEach(() => rm(project, { recursive: true }));

async function write(path: string, content = "hello", modified: Date = OLD): Promise<string> {
  const file = join(root, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, content);
  await utimes(file, modified, modified);
  return file;
}

const list = (options: Partial<ListAssetsOptions> = {}) =>
  listAssets(root, { conventions: "pages", cacheFile: undefined, projectRoot: project, ...options });
const pathsOf = async (options?: Partial<ListAssetsOptions>) => Object.keys((await list(options)).files);

describe("listAssets", () => {
  test("describes each file by hash, size, type and time", async () => {
    const file = await write("sub/a.txt");
    const { files, sources, problems } = await list();
    expect(files).toEqual({
      "/sub/a.txt": {
        hash: HELLO_SHA256,
        size: 5,
        type: "text/plain; charset=utf-8",
        modified: "Tue, 14 Nov 2023 22:13:20 GMT",
      },
    });
    expect(sources.get("/sub/a.txt")).toMatchObject({
      file,
      hash: HELLO_SHA256,
      size: 5,
      modifiedMs: OLD.getTime(),
    });
    expect(problems).toEqual([]);
  });

  test("names types as the conventions do", async () => {
    await write("a.js");
    await write("noext");
    const { files } = await list({ conventions: "workers" });
    expect([files["/a.js"]?.type, files["/noext"]?.type]).toEqual([
      "text/javascript; charset=utf-8",
      undefined,
    ]);
  });

  test("gives paths as the file system has them, sorted", async () => {
    for (const path of ["b.txt", "a b.txt", "100%.txt", "ü/x.txt", "a/z.txt", "a.txt"]) await write(path);
    expect(await pathsOf()).toEqual(["/100%.txt", "/a b.txt", "/a.txt", "/a/z.txt", "/b.txt", "/ü/x.txt"]);
  });

  test("hashes files that are larger than one piece", async () => {
    await write("big.bin", "x".repeat(3_000_000));
    const { files } = await list();
    expect(files["/big.bin"]?.hash).toBe(sha256(await readFile(join(root, "big.bin"))));
  });

  test("does not send a time in the future", async () => {
    await write("a.txt", "hello", new Date(Date.now() + 86_400_000));
    const { files } = await list();
    expect(Date.parse(files["/a.txt"]?.modified ?? "")).toBeLessThanOrEqual(Date.now());
  });

  test("leaves out hidden names, but not .well-known", async () => {
    for (const path of [
      ".env",
      ".git/config",
      "a/.htpasswd",
      ".well-known/x",
      ".well-known/.y",
      ".well-known-backup/z",
    ]) {
      await write(path);
    }
    expect(await pathsOf()).toEqual(["/.well-known/x"]);
  });

  test("leaves out what the conventions and the caller ignore, and does not enter such directories", async () => {
    for (const path of ["a.txt", "node_modules/b.txt", "_headers", "c/_headers", "drafts/d.txt"])
      await write(path);
    const asked: string[] = [];
    const ignore = (path: string, kind: string) => {
      asked.push(`${kind} ${path}`);
      return path === "/drafts";
    };
    expect(await pathsOf({ ignore })).toEqual(["/a.txt", "/c/_headers"]);
    expect(asked).not.toContain("file /drafts/d.txt");
  });

  test("follows links that stay inside and reports those that leave, lead nowhere or lead back", async () => {
    await write("a/x.txt");
    await writeFile(join(project, "secret.txt"), "secret");
    await mkdir(join(project, "public-backup"));
    await symlink("a/x.txt", join(root, "inside.txt"));
    await symlink("a", join(root, "copy"));
    await symlink("../secret.txt", join(root, "outside.txt"));
    await symlink(join(project, "public-backup"), join(root, "sibling"));
    await symlink("none", join(root, "nowhere"));
    await symlink("..", join(root, "a", "loop"));
    const { files, problems } = await list();
    expect(Object.keys(files)).toEqual(["/a/x.txt", "/copy/x.txt", "/inside.txt"]);
    expect(problems.map(({ severity, code, file }) => [severity, code, file])).toEqual([
      ["warning", "asset-link-loop", "public/a/loop"],
      ["warning", "asset-link-loop", "public/copy/loop"],
      ["warning", "asset-link-broken", "public/nowhere"],
      ["warning", "asset-link-outside", "public/outside.txt"],
      ["warning", "asset-link-outside", "public/sibling"],
    ]);
  });

  test.skipIf(process.platform === "win32")("never opens a FIFO", async () => {
    execFileSync("mkfifo", [join(root, "pipe")]);
    await symlink("pipe", join(root, "link"));
    const { files, problems } = await list();
    expect([files, problems.map(({ code }) => code)]).toEqual([{}, ["asset-not-a-file", "asset-not-a-file"]]);
  });

  test.skipIf(process.getuid?.() === 0)("reports what may not be read and lists the rest", async () => {
    await chmod(await write("a.txt"), 0o000);
    await write("b.txt");
    const { files, problems } = await list();
    expect(Object.keys(files)).toEqual(["/b.txt"]);
    expect(problems).toMatchObject([{ severity: "error", code: "asset-unreadable", file: "public/a.txt" }]);
  });
});

describe("the cache of hashes", () => {
  const cacheFile = () => join(project, "cache", "hashes.json");
  const planted = "f".repeat(64);

  async function plantHashes(): Promise<void> {
    const document = JSON.parse(await readFile(cacheFile(), "utf8"));
    for (const entry of Object.values(document.files) as [string][]) entry[0] = planted;
    await writeFile(cacheFile(), JSON.stringify(document));
  }

  /** As if some time had passed since the files were written. */
  const listSettled = () => list({ cacheFile: cacheFile(), nowMs: Date.now() + 1_000 });

  test("files that did not change are not read again", async () => {
    await write("a.txt");
    expect((await listSettled()).files["/a.txt"]?.hash).toBe(HELLO_SHA256);
    await plantHashes();
    expect((await listSettled()).files["/a.txt"]?.hash).toBe(planted);
  });

  test("of many files only those that changed are read", async () => {
    const names = Array.from({ length: 500 }, (_, index) => `${index % 7}/${index}.txt`);
    for (const name of names) await write(name);
    await listSettled();
    await plantHashes();
    for (const name of names.slice(0, 3)) await write(name, "changed");
    const { files } = await listSettled();
    const read = Object.entries(files).filter(([, { hash }]) => hash !== planted);
    expect(read.map(([path]) => path).sort()).toEqual(
      names
        .slice(0, 3)
        .map((name) => `/${name}`)
        .sort(),
    );
  });

  test("a file that changed is read, even with its old size and time", async () => {
    await write("a.txt");
    await listSettled();
    await plantHashes();
    await write("a.txt", "jello");
    expect((await listSettled()).files["/a.txt"]?.hash).not.toBe(planted);
  });

  test("a file that was written this very moment is not remembered", async () => {
    await write("a.txt", "hello", new Date());
    await list({ cacheFile: cacheFile() });
    const document = JSON.parse(await readFile(cacheFile(), "utf8").catch(() => '{"files":{}}'));
    expect(document.files).toEqual({});
  });

  test("a damaged cache is an empty one", async () => {
    await write("a.txt");
    await mkdir(dirname(cacheFile()));
    await writeFile(cacheFile(), '{"format":1,"files":');
    expect((await listSettled()).files["/a.txt"]?.hash).toBe(HELLO_SHA256);
  });
});
