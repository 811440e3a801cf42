// The parts of a function file's name: literal text, `[param]`, `[[rest]]`, each perhaps with `=matcher`.

/** Literal text, or what stands in brackets; `source` is how the file name has it. */
export type NamePart = TextPart | ParameterPart;

export interface TextPart {
  kind: "text";
  source: string;
}

export interface ParameterPart {
  kind: "param" | "rest";
  source: string;
  name: string;
  /** What stands after `=`. */
  matcher: string | undefined;
}

/** As Pages finds them: brackets without content, or without their pair, are literal text. */
const BRACKETS = /\[\[([^\]]+)\]\]|\[([^\]]+)\]/g;

/** Splits a path below the functions directory, slashes being literal text like any other. */
export function splitRouteName(path: string): NamePart[] {
  const parts: NamePart[] = [];
  let end = 0;
  for (const match of path.matchAll(BRACKETS)) {
    if (match.index > end) parts.push({ kind: "text", source: path.slice(end, match.index) });
    end = match.index + match[0].length;
    parts.push(toParameter(match));
  }
  if (end < path.length) parts.push({ kind: "text", source: path.slice(end) });
  return parts;
}

/** The part as a route path has it: `:id`, `:id:int`, `:path*`. */
export function formatNamePart(part: NamePart): string {
  if (part.kind === "text") return part.source;
  const matcher = part.matcher === undefined ? "" : `:${part.matcher}`;
  return `:${part.name}${matcher}${part.kind === "rest" ? "*" : ""}`;
}

function toParameter(match: RegExpExecArray): ParameterPart {
  const [source, rest, param = ""] = match;
  const content = rest ?? param;
  const equals = content.indexOf("=");
  return {
    kind: rest === undefined ? "param" : "rest",
    source,
    name: equals === -1 ? content : content.slice(0, equals),
    matcher: equals === -1 ? undefined : content.slice(equals + 1),
  };
}
