// `causeway init`: writes the files of a new project, and nothing over what is there.

import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { applyEdits, modify } from "jsonc-parser";
import { CausewayError } from "../../contract/errors.ts";
import type { Problem } from "../../contract/problem.ts";
import { formatTable } from "../format-table.ts";
import { NEW_PROJECT_SCRIPTS, NEW_PROJECT_SETTINGS, newProjectFiles } from "../new-project.ts";
import type { Output } from "../output.ts";
import type { CommandLine } from "../parse-arguments.ts";

const MANIFEST = "package.json";
const IGNORE_FILE = ".gitignore";
const PACKAGE_ROOT = fileURLToPath(new URL("../../..", import.meta.url));

/**
 * Makes the directory if need be. A package.json that is there gets the scripts and settings of new projects where
 * it has none of these names, and a .gitignore stays as it is.
 */
export async function runInit(line: CommandLine, output: Output): Promise<void> {
  const root = resolve(line.directory);
  const files = newProjectFiles({ name: toName(basename(root)), version: await findVersion() });
  if (existsSync(join(root, IGNORE_FILE))) delete files[IGNORE_FILE];
  const taken = Object.keys(files).filter((path) => path !== MANIFEST && existsSync(join(root, path)));
  if (taken.length > 0) throw new CausewayError("invalid-project", "", { problems: taken.map(occupied) });
  const hasManifest = existsSync(join(root, MANIFEST));
  if (hasManifest) files[MANIFEST] = await extendManifest(join(root, MANIFEST));
  await writeAll(root, files, hasManifest);
  const written = Object.keys(files);
  const directory = relative(process.cwd(), root);
  if (output.quiet) return;
  output.result(describe(written, directory), { event: "created", directory: root, files: written });
}

async function writeAll(root: string, files: Record<string, string>, hasManifest: boolean): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    const file = join(root, path);
    try {
      await mkdir(dirname(file), { recursive: true });
      // `wx`: what has appeared meanwhile is not written over either.
      await writeFile(file, text, { flag: path === MANIFEST && hasManifest ? "w" : "wx" });
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      throw new CausewayError("invalid-project", `Cannot write "${path}": ${code ?? message}`, {
        remedy: "Choose a directory in which you may write, or make room for the file.",
        cause: error,
      });
    }
  }
}

async function extendManifest(file: string): Promise<string> {
  const text = await readFile(file, "utf8");
  let manifest: unknown;
  try {
    manifest = JSON.parse(text);
  } catch {
    // Reported below, as any other text that is no object.
  }
  if (typeof manifest !== "object" || manifest === null || Array.isArray(manifest)) {
    throw new CausewayError("invalid-project", `Cannot read "${MANIFEST}": it holds no JSON object`, {
      remedy: "Mend it, or move it away: a new one is then written.",
    });
  }
  const options = { formattingOptions: { insertSpaces: !/^\t/m.test(text), tabSize: 2 } };
  const { scripts, causeway } = manifest as { scripts?: unknown; causeway?: unknown };
  const missing = Object.entries(NEW_PROJECT_SCRIPTS).filter(
    ([name]) => !Object.hasOwn(Object(scripts ?? {}), name),
  );
  const additions: [path: string[], value: unknown][] = [
    ...missing.map(([name, command]): [string[], unknown] => [["scripts", name], command]),
    ...(causeway === undefined ? [[["causeway"], NEW_PROJECT_SETTINGS] as [string[], unknown]] : []),
  ];
  return additions.reduce(
    (edited, [path, value]) => applyEdits(edited, modify(edited, path, value, options)),
    text,
  );
}

/** Out of the registry, or where this program was not installed but cloned, from there. */
async function findVersion(): Promise<string> {
  if (!PACKAGE_ROOT.split(sep).includes("node_modules")) return `file:${PACKAGE_ROOT.replace(/[/\\]$/, "")}`;
  const { version } = JSON.parse(await readFile(join(PACKAGE_ROOT, MANIFEST), "utf8"));
  return `^${version}`;
}

function toName(directory: string): string {
  const name = directory.toLowerCase().replace(/[^a-z0-9]+/g, "-");
  return name.replace(/^-|-$/g, "").slice(0, 58) || "site";
}

function occupied(path: string): Problem {
  return {
    severity: "error",
    code: "file-exists",
    message: `Cannot write "${path}": it is there already`,
    file: path,
    remedy: "Choose another directory, or move the file away.",
  };
}

function describe(written: readonly string[], directory: string): string {
  const roles: Record<string, string> = {
    "functions/hello/[name].ts": "answers /hello/Ada",
    "public/index.html": "answers /",
    "public/404.html": "answers what is missing",
    "wrangler.toml": "name, variables, compatibility",
    [MANIFEST]: "scripts and settings",
    "tsconfig.json": "for your editor",
    [IGNORE_FILE]: "what git leaves out",
  };
  const steps = [
    ...(directory === "" ? [] : [`cd ${/[^\w./-]/.test(directory) ? JSON.stringify(directory) : directory}`]),
    "npm install",
    "npx causeway dev",
  ];
  return [
    `A new site in ${directory === "" ? "this directory" : directory}:`,
    formatTable(written.map((path) => [`  ${path}`, roles[path] ?? ""])),
    "",
    "Next:",
    ...steps.map((step) => `  ${step}`),
  ].join("\n");
}
