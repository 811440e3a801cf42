import { mkdir, mkdtemp, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createSitesScanner, holdsSites } from "../../../src/cli/find-sites.ts";
import type { ServerTexts } from "../../../src/cli/server-settings.ts";
import { formatProblem } from "../../../src/contract/problem.ts";

let home: string;
let root: string;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "causeway-find-"));
  root = join(home, "sites");
  await mkdir(root);
});

afterEach(() => rm(home, { recursive: true, force: true }));

async function build(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const file of ["site.json", "node.js"]) await writeFile(join(folder, file), "{}");
}

const settings = (name: string, text: string) => writeFile(join(root, `${name}.json`), text);

async function scan(defaults: ServerTexts = new Map()) {
  const { entries, broken } = await createSitesScanner(root, defaults)();
  const problems = broken.flatMap((entry) => entry.problems.map(formatProblem));
  return { entries, broken: broken.map(({ name }) => name), problems };
}

describe("a directory of sites", () => {
  it("has builds, projects with a build, links to them, and settings that name another place", async () => {
    await build(join(root, "a.test"));
    await build(join(root, "b.test", "dist"));
    await build(join(root, "c.test", ".causeway", "build"));
    await build(join(home, "elsewhere", "dist"));
    await symlink(join(home, "elsewhere"), join(root, "d.test"));
    await settings("e.test", `{ "directory": "../elsewhere" } // a comment`);
    await mkdir(join(root, ".hidden"));
    await writeFile(join(root, "README.md"), "");
    const { entries, problems } = await scan();
    expect(problems).toEqual([]);
    expect(entries.map(({ name, hosts, setup }) => [name, ...hosts, setup.outDir])).toEqual([
      ["a.test", "a.test", join(root, "a.test")],
      ["b.test", "b.test", join(root, "b.test", "dist")],
      ["c.test", "c.test", join(root, "c.test", ".causeway", "build")],
      ["d.test", "d.test", join(root, "d.test", "dist")],
      ["e.test", "e.test", join(home, "elsewhere", "dist")],
    ]);
  });

  it("takes settings from the file, then from the command line, then from package.json", async () => {
    await build(join(root, "a.test", "dist"));
    const own = { causeway: { server: { workers: 2, maxRss: "100M", backlog: 5, pidFile: "/nowhere" } } };
    await writeFile(join(root, "a.test", "package.json"), JSON.stringify(own));
    await settings("a.test", `{ "workers": 4, "harakiri": ["5s", "/slow/*=1m"], "idle": "10m" }`);
    const [entry] = (await scan(new Map([["max-rss", ["200M"]]]))).entries;
    expect(entry?.setup).toMatchObject({
      settings: { workers: 4, maxRssBytes: 200 * 1024 ** 2, idleMs: 600_000, keepTrying: true },
      backlog: 5,
      deadlines: { defaultMs: 5_000, routes: [{ pattern: "/slow/*", limitMs: 60_000 }] },
    });
  });

  it("gives a site its variables, later files and `env` over earlier ones, and little of ours", async () => {
    await build(join(root, "a.test"));
    await writeFile(join(root, "one.env"), "A=1\nB=1\nC=1\n");
    await writeFile(join(root, "two.env"), "B=2\nC=2\n");
    await settings("a.test", `{ "varsFiles": ["one.env", "two.env"], "env": { "C": 3, "LIST": [1] } }`);
    process.env.CAUSEWAY_UNIT_SECRET = "x";
    const [entry] = (await scan()).entries;
    delete process.env.CAUSEWAY_UNIT_SECRET;
    expect(entry?.setup.env).toEqual({ A: "1", B: "2", C: 3, LIST: [1] });
    expect(entry?.setup.processEnv).toMatchObject({ A: "1", B: "2", C: "3", PATH: process.env.PATH });
    expect(Object.keys(entry?.setup.processEnv ?? {})).not.toContain("CAUSEWAY_UNIT_SECRET");
    expect(Object.keys(entry?.setup.processEnv ?? {})).not.toContain("LIST");
  });

  it("reports all mistakes of all entries at once, with file and line", async () => {
    await build(join(root, "a"));
    await settings(
      "a",
      `{\n"hosts": ["x.test", "y z"],\n"wrokers": 1,\n"maxRss": "much",\n"env": [],\n"workers": 0\n}`,
    );
    await build(join(root, "b"));
    await settings("b", `{ "hosts": `);
    await mkdir(join(root, "c"));
    await settings("d", `{ "varsFiles": "missing.env", "directory": "a" }`);
    await settings("e", `{ "pidFile": "/run/e", "directory": "a" }`);
    const { entries, broken, problems } = await scan();
    expect(entries).toEqual([]);
    expect(broken).toEqual(["a", "b", "c", "d", "e"]);
    const text = problems.join("\n");
    expect(text).toMatch(/sites\/a\.json:2:1: error: "y z" is no host name/);
    expect(text).toMatch(
      /sites\/a\.json:3:1: error: There is no setting "wrokers" of a site[\s\S]*Did you mean "workers"/,
    );
    expect(text).toMatch(/sites\/a\.json:4:1: error: "maxRss" cannot be "much"/);
    expect(text).toMatch(/sites\/a\.json:5:1: error: "env" must be a table/);
    expect(text).toMatch(/sites\/a\.json:6:1: error: "workers" cannot be "0"/);
    expect(text).toMatch(/sites\/b\.json:1:\d+: error: Cannot read/);
    expect(text).toMatch(/error: Cannot serve "c": there is no build for Node in ".*sites\/c"/);
    expect(text).toMatch(/missing\.env: error: Cannot read the variables/);
    expect(text).toMatch(/sites\/e\.json:1:3: error: There is no setting "pidFile" of a site/);
  });

  it("is read again where something has changed or was touched", async () => {
    await build(join(root, "a.test"));
    await settings("a.test", "{}");
    const look = createSitesScanner(root, new Map());
    const [first] = (await look()).entries;
    const [same] = (await look()).entries;
    expect(same).toEqual(first);
    const later = new Date(Date.now() + 10_000);
    await utimes(join(root, "a.test.json"), later, later);
    const [touched] = (await look()).entries;
    expect(touched?.setup).toEqual(first?.setup);
    expect(touched?.version).not.toBe(first?.version);
    await settings("a.test", `{ "hosts": "b.test" }`);
    expect((await look()).entries[0]?.hosts).toEqual(["b.test"]);
    await rm(join(root, "a.test.json"));
    expect((await look()).entries[0]?.hosts).toEqual(["a.test"]);
    await rm(join(root, "a.test"), { recursive: true });
    expect(await look()).toEqual({ entries: [], broken: [] });
  });
});

describe("holdsSites", () => {
  it("tells a directory of sites from a project, built or not", async () => {
    expect(await holdsSites(root)).toBe(false);
    await build(join(root, "a.test"));
    expect(await holdsSites(root)).toBe(true);
    await writeFile(join(root, "package.json"), "{}");
    expect(await holdsSites(root)).toBe(false);
  });
});
