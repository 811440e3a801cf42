// What does one line of `_redirects` say: `from to [status]`, or nothing? Pages docs, "Redirects".
// Netlify's dialect of the file is wider; what Pages does not know of it gets a remedy of its own.

import type { HtmlHandling, RedirectRule } from "../contract/site.ts";
import { type Captures, fillTemplate, parsePathPattern, wildcardNames } from "./path-pattern.ts";
import { formatRuleAddress, isAbsoluteAddress, parseRuleAddress, type RuleAddress } from "./rule-address.ts";
import type { LineFault } from "./rule-lines.ts";

export type ParsedRedirectLine = { rule: Omit<RedirectRule, "line"> } | { fault: LineFault };

type RedirectStatus = RedirectRule["status"];

const STATUSES: readonly RedirectStatus[] = [200, 301, 302, 303, 307, 308];
const DEFAULT_STATUS = "302";
const ENDS_IN_INDEX = /\/index(?:\.html)?$/;

/** Reads a trimmed line. A trailing comment begins with a space and `#`; `/page#part` is no comment. */
export function parseRedirectLine(text: string, htmlHandling: HtmlHandling): ParsedRedirectLine {
  const tokens = text
    .replace(/\s#.*$/, "")
    .trim()
    .split(/\s+/);
  const [source = "", target, statusText = DEFAULT_STATUS] = tokens;
  if (target === undefined || tokens.length > 3) return { fault: describeTokens(tokens.length) };
  const from = parseSource(source);
  if (typeof from !== "string") return { fault: from };
  const to = parseRuleAddress(target, "target");
  const status = STATUSES.find((known) => known === Number(statusText));
  const fault = checkTarget(to, target, from) ?? checkStatus(status, statusText, to);
  if (fault !== undefined || to === undefined || status === undefined) return { fault: fault ?? NO_TARGET };
  const rule = { from, to: formatRuleAddress(to), status };
  return isLoop(rule.from, to, htmlHandling) ? { fault: describeLoop(rule.from) } : { rule };
}

/** The path in the spelling of URLs; a slash in front may be missing. */
function parseSource(text: string): string | LineFault {
  if (isAbsoluteAddress(text)) return ABSOLUTE_SOURCE;
  const from = parseRuleAddress(text.startsWith("/") ? text : `/${text}`, "source")?.path ?? "/";
  return parsePathPattern(from) === undefined ? REPEATED_WILDCARD : from;
}

function checkTarget(to: RuleAddress | undefined, text: string, from: string): LineFault | undefined {
  if (to === undefined) return NO_TARGET;
  if (URL.canParse(fillTemplate(formatRuleAddress(to), exampleCaptures(from)), "https://host"))
    return undefined;
  return { ...NO_TARGET, message: `The rule is ignored: "${text}" is no address` };
}

/** Any captures that a request could bring, for a look at what becomes of the target. */
function exampleCaptures(from: string): Captures {
  const pattern = parsePathPattern(from);
  return new Map(pattern === undefined ? [] : wildcardNames(pattern).map((name) => [name, "x"]));
}

function checkStatus(
  status: RedirectStatus | undefined,
  text: string,
  to: RuleAddress | undefined,
): LineFault | undefined {
  if (status === 200 && to?.host !== undefined) return PROXIED_TARGET;
  if (status !== undefined) return undefined;
  return {
    code: "redirect-status",
    message: `The rule is ignored: "${text}" is none of ${STATUSES.join(", ")}`,
    remedy: remedyForStatus(text),
  };
}

function remedyForStatus(text: string): string {
  if (/^\d+!$/.test(text)) return "Remove the `!`: rules come before files anyway.";
  if (text === "404") return "Remove the rule: a `404.html` answers all missing paths of its directory.";
  return "Use one of these, or none for 302.";
}

/** The answer to the target would be a redirect back to the source. */
function isLoop(from: string, to: RuleAddress, htmlHandling: HtmlHandling): boolean {
  if (to.host !== undefined || !ENDS_IN_INDEX.test(to.path)) return false;
  if (from.endsWith("/*")) return true;
  return from.endsWith("/") && htmlHandling !== "none" && htmlHandling !== "index";
}

function describeLoop(from: string): LineFault {
  const remedy = "Remove the rule: without a 404.html, /index.html answers all paths that have no file.";
  return {
    code: "redirect-loop",
    message: "The rule is ignored: /index.html redirects to /, which the rule would send back",
    remedy: from === "/*" ? remedy : "Remove the rule: a directory's index.html answers for the directory.",
  };
}

function describeTokens(count: number): LineFault {
  return {
    code: "redirect-syntax",
    message: `The line is ignored: a rule is \`from to [status]\`, and this line has ${count === 1 ? "1 word" : `${count} words`}`,
    remedy:
      count > 3
        ? "Conditions by language, country or query are not supported; answer them in a function."
        : "Write where the redirect leads.",
  };
}

const ABSOLUTE_SOURCE: LineFault = {
  code: "redirect-source",
  message: "The rule is ignored: its source is an absolute address",
  remedy: "Write the path alone; it holds for every host.",
};

const REPEATED_WILDCARD: LineFault = {
  code: "redirect-source",
  message: "The rule is ignored: its source names a wildcard twice",
  remedy: "Use one `*` and give every `:name` a name of its own; `:splat` is the name of `*`.",
};

const NO_TARGET: LineFault = {
  code: "redirect-target",
  message: "The rule is ignored: its target begins neither with `/` nor with `https://` and a host",
  remedy: "Write a path such as `/new`, or an address such as `https://example.com/new`.",
};

const PROXIED_TARGET: LineFault = {
  code: "redirect-target",
  message: "The rule is ignored: status 200 serves another path of this site, never another host",
  remedy: "Use 302, or fetch the other host in a function.",
};
