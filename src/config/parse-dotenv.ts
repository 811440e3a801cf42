// The text format of `.dev.vars` and `.env`: NAME=value lines as the dotenv package reads them.

import type { Problem } from "../contract/problem.ts";

const ASSIGNMENT = /^[ \t]*(?:export[ \t]+)?([\w.-]+)(?:[ \t]*=|:(?=[ \t]))[ \t]*/;
const QUOTED = /^(?:'((?:\\'|[^'])*)'|"((?:\\"|[^"])*)"|`((?:\\`|[^`])*)`)[ \t]*(?:#[^\n]*)?(?=\n|$)/;
const BARE = /^[^#\n]*/;
const REFERENCE = /(\\)?\$(?:\{([\w.-]+)(?::?-([^}]*))?\}|(\w+))/g;

/** Reads every assignment; a line that is none is named in a warning. */
export function parseDotenv(
  text: string,
  file: string,
): { values: Record<string, string>; problems: Problem[] } {
  const values: Record<string, string> = {};
  const problems: Problem[] = [];
  let rest = text.replace(/\r\n?/g, "\n");
  let line = 1;
  while (rest !== "") {
    const assignment = ASSIGNMENT.exec(rest);
    const tail = rest.slice(assignment?.[0].length ?? 0);
    const value = assignment === null ? undefined : readValue(tail);
    if (value !== undefined) values[assignment?.[1] ?? ""] = value.text;
    else if (/^[ \t]*[^#\s]/.test(rest)) problems.push(notAnAssignment(rest, file, line));
    const used = rest.length - tail.length + (value?.length ?? 0);
    const end = rest.indexOf("\n", used);
    const consumed = end < 0 ? rest.length : end + 1;
    line += rest.slice(0, consumed).split("\n").length - 1;
    rest = rest.slice(consumed);
  }
  return { values, problems };
}

/** A quoted value may span lines; in double quotes `\n` and `\r` are escapes. */
function readValue(tail: string): { text: string; length: number } {
  const quoted = QUOTED.exec(tail);
  if (quoted === null) {
    const bare = BARE.exec(tail)?.[0] ?? "";
    return { text: bare.trim(), length: bare.length };
  }
  const escaped = quoted[2]?.replaceAll("\\n", "\n").replaceAll("\\r", "\r");
  return { text: quoted[1] ?? escaped ?? quoted[3] ?? "", length: quoted[0].length };
}

/** The line itself is not shown: it may be a secret. */
function notAnAssignment(rest: string, file: string, line: number): Problem {
  return {
    severity: "warning",
    code: "env-line",
    message: "This line sets no variable and is ignored",
    file,
    line,
    column: rest.search(/\S/) + 1,
    remedy: "Write NAME=value, or start the line with # if it is a comment.",
  };
}

/** Replaces `$NAME`, `${NAME}` and `${NAME:-default}` by the values of the same file; `\$` stays a dollar. */
export function expandReferences(values: Record<string, string>): Record<string, string> {
  const expanded: Record<string, string> = {};
  const expand = (text: string, seen: readonly string[]): string =>
    text.replace(REFERENCE, (whole, backslash, braced, fallback, plain) => {
      if (backslash !== undefined) return whole.slice(1);
      const name: string = braced ?? plain;
      const value = seen.includes(name) ? undefined : values[name];
      return value === undefined || value === ""
        ? expand(fallback ?? "", seen)
        : expand(value, [...seen, name]);
    });
  for (const [name, value] of Object.entries(values)) expanded[name] = expand(value, [name]);
  return expanded;
}
