// Reads the special files at the top of the static directory: `_headers`, `_redirects` and, on Pages,
// `_routes.json`. Nothing below the top level counts.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Project } from "../config/project.ts";
import type { Problem } from "../contract/problem.ts";
import type { HeaderRule, InvocationRules, RedirectRules } from "../contract/site.ts";
import { parseHeaderRules } from "../pages/header-rules.ts";
import { parseInvocationRules } from "../pages/invocation-rules.ts";
import { parseRedirectRules } from "../pages/redirect-rules.ts";
import { toProjectPath } from "./bundler-problem.ts";

export interface StaticRules {
  headers: HeaderRule[];
  redirects: RedirectRules;
  invocation: InvocationRules | undefined;
  problems: Problem[];
  /** Those of `_routes.json`, which is read only where there is something to invoke. */
  invocationProblems: Problem[];
}

/** Reads and checks the special files that are there. */
export async function readRules(project: Project): Promise<StaticRules> {
  const { assetsDir, conventions, htmlHandling } = project;
  const noInvocation = { rules: undefined, problems: [] };
  const [headers, redirects, invocation] = await Promise.all([
    readSpecial(project, assetsDir, "_headers", parseHeaderRules),
    readSpecial(project, assetsDir, "_redirects", (text, file) =>
      parseRedirectRules(text, file, htmlHandling),
    ),
    conventions === "pages"
      ? readSpecial(project, assetsDir, "_routes.json", parseInvocationRules)
      : noInvocation,
  ]);
  return {
    headers: headers?.rules ?? [],
    redirects: redirects?.rules ?? { exact: [], patterns: [] },
    invocation: invocation?.rules,
    problems: [headers, redirects].flatMap((read) => read?.problems ?? []),
    invocationProblems: invocation?.problems ?? [],
  };
}

/** Undefined if there is no such file. */
async function readSpecial<Rules>(
  { root }: Project,
  assetsDir: string | undefined,
  name: string,
  parse: (text: string, file: string) => Rules,
): Promise<Rules | undefined> {
  if (assetsDir === undefined) return undefined;
  const path = join(assetsDir, name);
  try {
    return parse(await readFile(path, "utf8"), toProjectPath(path, root));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // A directory of that name is no rule file.
    if (code === "ENOENT" || code === "EISDIR") return undefined;
    throw error;
  }
}
