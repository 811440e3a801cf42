// Which static files and redirects does a function hide? Functions come first on Pages, so what lies at the
// same path is reached only if the function lets the request through.

import { join } from "node:path";
import type { Project } from "../config/project.ts";
import type { Problem } from "../contract/problem.ts";
import type { RouteEntry } from "../contract/site.ts";
import { wildcardProbes } from "../pages/wildcard-probes.ts";
import { toProjectPath } from "./bundler-problem.ts";
import { createFunctionCover, type FunctionCover } from "./function-cover.ts";
import { locateProblems } from "./locate-problems.ts";
import type { StaticRules } from "./read-rules.ts";

/** What is compared. */
export interface HiddenParts {
  project: Project;
  routes: readonly RouteEntry[];
  /** Manifest paths. */
  assets: readonly string[];
  rules: StaticRules;
}

/** Warns of files and redirects that no request reaches. */
export async function checkHidden({ project, routes, assets, rules }: HiddenParts): Promise<Problem[]> {
  const { root, functionsDir, assetsDir } = project;
  if (functionsDir === undefined || assetsDir === undefined || routes.length === 0) return [];
  const cover = createFunctionCover(functionsDir, routes, rules.invocation);
  const nameOf = (file: string) => toProjectPath(join(functionsDir, file), root);
  const files = await findHiddenAssets(assets, keepsFileNames(project.htmlHandling), cover, nameOf);
  const redirects = await findHiddenRedirects(
    rules,
    toProjectPath(join(assetsDir, "_redirects"), root),
    cover,
    nameOf,
  );
  return [...(await locateProblems(files, root)), ...redirects];
}

/** Whether a page answers under the name of its file. */
function keepsFileNames(htmlHandling: Project["htmlHandling"]): boolean {
  return htmlHandling === "none" || htmlHandling === "index";
}

/** One warning per function: a catch-all may stand before every file of a site. */
async function findHiddenAssets(
  assets: readonly string[],
  isLiteral: boolean,
  cover: FunctionCover,
  nameOf: (file: string) => string,
): Promise<Problem[]> {
  const hidden = new Map<string, string[]>();
  for (const path of assets) {
    const file = await cover(encodePath(isLiteral ? path : prettyPath(path)));
    if (file === undefined) continue;
    const paths = hidden.get(file) ?? [];
    hidden.set(file, paths);
    paths.push(path);
  }
  return [...hidden].map(([file, [first = "", ...others]]) => ({
    severity: "warning",
    code: "asset-hidden",
    message: `This function answers for ${describe(first, others.length)}, which no request reaches`,
    file: nameOf(file),
    remedy: "Return next() where the file is meant, or remove one of the two.",
  }));
}

async function findHiddenRedirects(
  { redirects }: StaticRules,
  rulesFile: string,
  cover: FunctionCover,
  nameOf: (file: string) => string,
): Promise<Problem[]> {
  const problems: Problem[] = [];
  for (const { from, line } of [...redirects.exact, ...redirects.patterns]) {
    const files = await Promise.all(wildcardProbes(from).map(cover));
    const file = files[0];
    if (file === undefined || files.some((other) => other !== file)) continue;
    problems.push({
      severity: "warning",
      code: "redirect-hidden",
      message: `The rule for ${from} never matches: ${nameOf(file)} answers first`,
      file: rulesFile,
      line,
      remedy: "Return next() from the function, or remove one of the two.",
    });
  }
  return problems;
}

function describe(first: string, others: number): string {
  if (others === 0) return `the static file ${first}`;
  return `the static file ${first} and ${others} ${others === 1 ? "other" : "others"}`;
}

/** Where a page is asked for: without its extension, an index at its directory. */
function prettyPath(path: string): string {
  if (path.endsWith("/index.html")) return path.slice(0, -"index.html".length);
  return path.replace(/\.html$/, "");
}

function encodePath(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}
