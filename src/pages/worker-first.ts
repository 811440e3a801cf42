// Does a Worker or a static file answer? `run_worker_first`: read, checked and applied.
// Workers docs, "Static assets: Worker script" and the compatibility flag
// `assets_navigation_prefers_asset_serving`.

import type { Problem } from "../contract/problem.ts";
import type { WorkerFirst } from "../contract/site.ts";
import { createGlobMatcher } from "./glob.ts";

export const MAX_WORKER_FIRST_RULES = 100;
export const MAX_WORKER_FIRST_RULE_LENGTH = 100;

/** Asks the static files; with `fallbackCounts` a page that answers for missing files is an answer too. */
export type AssetsAnswer = (fallbackCounts: boolean) => boolean;

/** Decides for one request. */
export type WorkerFirstRule = (request: Request, assetsAnswer: AssetsAnswer) => "assets" | "worker";

const NAVIGATION_SINCE = "2025-04-01";
const NAVIGATION_FLAG = "assets_navigation_prefers_asset_serving";
const NO_NAVIGATION_FLAG = "assets_navigation_has_no_effect";

/** Reads the setting: a boolean, or patterns of which those with `!` go to the static files. */
export function parseWorkerFirst(
  setting: boolean | readonly string[],
  file: string,
): { first: WorkerFirst; problems: Problem[] } {
  if (typeof setting === "boolean")
    return { first: { kind: setting ? "always" : "assets-first" }, problems: [] };
  const worker = setting.filter((rule) => rule.startsWith("/"));
  const assets = setting.filter((rule) => rule.startsWith("!/")).map((rule) => rule.slice(1));
  const problems = [...checkList(setting, worker), ...setting.flatMap((rule) => checkRule(rule, setting))];
  return {
    first: { kind: "patterns", worker, assets },
    problems: problems.map((message) => describe(message, file)),
  };
}

/** Compiles the decision. */
export function createWorkerFirstRule(
  first: WorkerFirst,
  compatibilityDate: string | undefined,
  compatibilityFlags: readonly string[] = [],
): WorkerFirstRule {
  if (first.kind === "always") return () => "worker";
  const patterns = first.kind === "patterns" ? first : { worker: [], assets: [] };
  const toAssets = createAnyMatcher(patterns.assets);
  const toWorker = createAnyMatcher(patterns.worker);
  const prefersNavigation = isNavigationPreferred(compatibilityDate, compatibilityFlags);
  return (request, assetsAnswer) => {
    const { pathname } = new URL(request.url);
    if (toAssets(pathname)) return "assets";
    if (toWorker(pathname)) return "worker";
    const isNavigation = prefersNavigation && request.headers.get("sec-fetch-mode") === "navigate";
    return assetsAnswer(first.kind === "patterns" || isNavigation) ? "assets" : "worker";
  };
}

function createAnyMatcher(globs: readonly string[]): (pathname: string) => boolean {
  const matchers = globs.map(createGlobMatcher);
  return (pathname) => matchers.some((matches) => matches(pathname));
}

function isNavigationPreferred(date: string | undefined, flags: readonly string[]): boolean {
  if (flags.includes(NAVIGATION_FLAG)) return true;
  return !flags.includes(NO_NAVIGATION_FLAG) && date !== undefined && date >= NAVIGATION_SINCE;
}

function checkList(rules: readonly string[], worker: readonly string[]): string[] {
  const messages: string[] = [];
  if (rules.length > MAX_WORKER_FIRST_RULES) {
    messages.push(
      `Cannot use ${rules.length} rules in run_worker_first: at most ${MAX_WORKER_FIRST_RULES} are allowed`,
    );
  }
  if (worker.length === 0) messages.push("Cannot use run_worker_first: no rule names a path for the Worker");
  return messages;
}

function checkRule(rule: string, rules: readonly string[]): string[] {
  const fault = faultOf(rule, rules);
  return fault === undefined ? [] : [`Cannot use the run_worker_first rule "${rule}": ${fault}`];
}

function faultOf(rule: string, rules: readonly string[]): string | undefined {
  if (!/^!?\//.test(rule)) return "it begins neither with / nor with !/";
  if (rule.length > MAX_WORKER_FIRST_RULE_LENGTH)
    return `it is longer than ${MAX_WORKER_FIRST_RULE_LENGTH} characters`;
  if (rules.indexOf(rule) !== rules.lastIndexOf(rule)) return "it stands there twice";
  const general = rules.find(
    (other) => other !== rule && other.endsWith("*") && rule.startsWith(other.slice(0, -1)),
  );
  return general === undefined ? undefined : `"${general}" covers it`;
}

function describe(message: string, file: string): Problem {
  return {
    severity: "error",
    code: "run-worker-first",
    message,
    file,
    remedy:
      'List paths such as "/api/*", and with ! in front those that stay static, such as "!/api/docs/*".',
  };
}
