// Where a project keeps its functions and its static files.

import { statSync } from "node:fs";
import { resolve } from "node:path";
import type { Problem } from "../contract/problem.ts";
import { isInOwnOutput, isOwnEntry } from "./output-directory.ts";
import type { Settings } from "./read-settings.ts";
import type { SettingsFile } from "./settings-file.ts";

/** What the command line asks for; `false` means "none, even if it is there". */
export interface DirectoryWishes {
  assets?: string | false | undefined;
  functions?: string | false | undefined;
  outDir?: string | undefined;
}

export interface ProjectDirectories {
  functionsDir: string | undefined;
  assetsDir: string | undefined;
  /** Entry of the user's own Worker. */
  main: string | undefined;
  problems: Problem[];
}

interface Source {
  root: string;
  file: SettingsFile | undefined;
  settings: Settings;
  wishes: DirectoryWishes;
}

/** Resolves the directories against the disk. Paths of the command line are relative to the project. */
export function locateDirectories(source: Source): ProjectDirectories {
  const problems: Problem[] = [];
  const functionsDir = locateFunctions(source, problems);
  const assetsDir = locateAssets(source, problems);
  const main = locateMain(source, functionsDir, problems);
  return { functionsDir, assetsDir, main, problems };
}

function locateFunctions({ root, wishes }: Source, problems: Problem[]): string | undefined {
  if (wishes.functions === false) return undefined;
  const path = resolve(root, wishes.functions ?? "functions");
  if (isDirectory(path)) return path;
  if (wishes.functions !== undefined) problems.push(missingWish("--functions", wishes.functions));
  return undefined;
}

function locateAssets(source: Source, problems: Problem[]): string | undefined {
  const { root, wishes } = source;
  if (wishes.assets === false) return undefined;
  if (wishes.assets !== undefined) {
    const path = resolve(root, wishes.assets);
    if (isDirectory(path)) return path;
    problems.push(missingWish("--assets", wishes.assets));
    return undefined;
  }
  const configured = configuredAssets(source);
  const path = resolve(root, configured?.directory ?? "public");
  if (isDirectory(path)) return path;
  if (configured !== undefined) problems.push(missingConfigured(source, configured));
  return undefined;
}

/** `pages_build_output_dir`, or `[assets] directory` unless that is what our own build wrote. */
function configuredAssets(source: Source): { key: string[]; directory: string } | undefined {
  const { pagesBuildOutputDir, assets, main } = source.settings;
  if (pagesBuildOutputDir !== undefined)
    return { key: ["pages_build_output_dir"], directory: pagesBuildOutputDir };
  if (assets?.directory === undefined) return undefined;
  const { root, wishes } = source;
  const ours = main !== undefined && isOwnEntry(root, main, wishes.outDir);
  if (ours && isInOwnOutput(root, assets.directory, wishes.outDir)) return undefined;
  return { key: ["assets", "directory"], directory: assets.directory };
}

/** The user's Worker; a `main` beside a functions directory is taken for what another tool compiled from it. */
function locateMain(
  source: Source,
  functionsDir: string | undefined,
  problems: Problem[],
): string | undefined {
  const { root, file, settings, wishes } = source;
  if (settings.main === undefined || isOwnEntry(root, settings.main, wishes.outDir)) return undefined;
  const place = { ...(file && { file: file.name }), ...file?.locate(["main"]) };
  if (functionsDir !== undefined || settings.pagesBuildOutputDir !== undefined) {
    problems.push({
      severity: "warning",
      code: "main-ignored",
      message: `\`main\` ("${settings.main}") has no effect: this is a Pages project`,
      ...place,
      remedy: "Remove `main`; or, to run that Worker, pass --functions without a directory.",
    });
    return undefined;
  }
  const path = resolve(root, settings.main);
  if (statSync(path, { throwIfNoEntry: false })?.isFile()) return path;
  problems.push({
    severity: "error",
    code: "main-missing",
    message: `Cannot find the Worker "${settings.main}" that \`main\` names`,
    ...place,
    remedy: "Correct the path, or build the file first.",
  });
  return undefined;
}

function missingWish(flag: string, directory: string): Problem {
  return {
    severity: "error",
    code: "directory-missing",
    message: `Cannot find the directory "${directory}" of ${flag}`,
    remedy: "Give a path relative to the project directory, or an absolute one.",
  };
}

/** A front end that is not built yet must not keep its functions from running. */
function missingConfigured(
  { file }: Source,
  { key, directory }: { key: string[]; directory: string },
): Problem {
  return {
    severity: "warning",
    code: "assets-missing",
    message: `There is no directory "${directory}": no static files are served`,
    ...(file && { file: file.name }),
    ...file?.locate(key),
    remedy: "Build the front end first, or correct the path.",
  };
}

/** Whether a directory is there now. */
export function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
