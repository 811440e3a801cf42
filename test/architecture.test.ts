// The rules of ARCHITECTURE.md as assertions: layers, cycles, platforms, sizes, names.

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const SRC = resolve(import.meta.dirname, "../src");

/** Folder → folders it may import, besides itself. */
const MAY_IMPORT: Record<string, string[]> = {
  contract: [],
  http: [],
  pages: ["contract", "http"],
  observe: ["contract", "http"],
  assets: ["contract", "http", "pages"],
  gateway: ["contract", "http", "pages"],
  cache: ["contract", "http"],
  migration: ["contract", "http"],
  proxy: ["contract", "http"],
  supervisor: ["contract"],
  edge: ["contract", "http", "pages", "observe", "assets", "cache", "migration"],
  runtimes: [
    "contract",
    "http",
    "pages",
    "observe",
    "assets",
    "cache",
    "migration",
    "gateway",
    "proxy",
    "edge",
    "supervisor",
  ],
  config: ["contract"],
  build: ["contract", "http", "pages", "config"],
  deploy: ["contract", "config", "build"],
  dev: ["contract", "config", "build", "runtimes", "supervisor"],
  cli: ["contract", "config", "build", "dev", "deploy", "runtimes", "observe"],
};

/** Folders whose code also runs on Workers: Web APIs only. */
const PORTABLE = [
  "contract",
  "http",
  "pages",
  "observe",
  "assets",
  "gateway",
  "cache",
  "migration",
  "proxy",
  "edge",
];

const FORBIDDEN_NAMES = /^(utils?|helpers?|common|misc|types|shared|lib)$/;
const MAX_LINES = 300;

interface SourceFile {
  path: string;
  folder: string;
  text: string;
  imports: string[];
}

const files = listFiles(SRC).map(readSource);

function listFiles(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}

function readSource(path: string): SourceFile {
  const text = readFileSync(path, "utf8");
  const found = text.matchAll(/(?:from|import\()\s*"([^"]+)"/g);
  const folder = relative(SRC, path).split("/")[0] as string;
  return { path: relative(SRC, path), folder, text, imports: [...found].map((match) => match[1] as string) };
}

function folderOf(file: SourceFile, specifier: string): string {
  return relative(SRC, resolve(SRC, dirname(file.path), specifier)).split("/")[0] as string;
}

describe("layers", () => {
  it("has a rule for every folder", () => {
    const folders = new Set(files.map((file) => file.folder).filter((folder) => !folder.endsWith(".ts")));
    expect([...folders].filter((folder) => !(folder in MAY_IMPORT))).toEqual([]);
  });

  it.each(files.filter((file) => file.folder in MAY_IMPORT))(
    "$path imports only what lies below it",
    (file) => {
      const allowed = new Set([file.folder, ...(MAY_IMPORT[file.folder] ?? [])]);
      const broken = file.imports.filter(
        (specifier) => specifier.startsWith(".") && !allowed.has(folderOf(file, specifier)),
      );
      expect(broken).toEqual([]);
    },
  );

  it("has no cycles between files", () => {
    const graph = new Map(files.map((file) => [file.path, runtimeImports(file)]));
    expect(findCycle(graph)).toBeUndefined();
  });
});

/** Imports that exist at run time; a type may refer back to the file that uses it. */
function runtimeImports(file: SourceFile): string[] {
  const found = file.text.matchAll(/^(?:import|export)\s+(?!type\b)[^;]*?from\s+"(\.[^"]+)"/gms);
  return [...found].map((match) => relative(SRC, resolve(SRC, dirname(file.path), match[1] as string)));
}

function findCycle(graph: Map<string, string[]>): string[] | undefined {
  const done = new Set<string>();
  const visit = (node: string, trail: string[]): string[] | undefined => {
    if (trail.includes(node)) return [...trail.slice(trail.indexOf(node)), node];
    if (done.has(node)) return undefined;
    for (const next of graph.get(node) ?? []) {
      const cycle = visit(next, [...trail, node]);
      if (cycle !== undefined) return cycle;
    }
    done.add(node);
    return undefined;
  };
  for (const node of graph.keys()) {
    const cycle = visit(node, []);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}

describe("platforms", () => {
  it.each(files.filter((file) => PORTABLE.includes(file.folder)))("$path uses Web APIs only", (file) => {
    expect(file.imports.filter((specifier) => specifier.startsWith("node:"))).toEqual([]);
    expect(file.text.match(/\b(?:process|Buffer|Bun|Deno)\.\w+/g) ?? []).toEqual([]);
  });
});

describe("shape", () => {
  it.each(files)("$path opens with a comment that says what it answers", (file) => {
    expect(file.text.replace(/^#!.*\n/, "")).toMatch(/^\/\//);
  });

  it.each(files)(`$path has at most ${MAX_LINES} lines`, (file) => {
    expect(file.text.split("\n").length).toBeLessThanOrEqual(MAX_LINES);
  });

  it("has no file named for nothing in particular", () => {
    const named = files.filter((file) =>
      FORBIDDEN_NAMES.test((file.path.split("/").at(-1) as string).replace(/\.tsx?$/, "")),
    );
    expect(named.map((file) => file.path)).toEqual([]);
  });

  it("leaves nothing marked to be done", () => {
    expect(files.filter((file) => /\b(?:TODO|FIXME|XXX)\b/.test(file.text)).map((file) => file.path)).toEqual(
      [],
    );
  });
});
