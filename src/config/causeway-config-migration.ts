// Reads how a route moves: `shadow` compares its answers with another one's, `cutover` lets that one answer.

import type {
  ComparisonRules,
  CutoverSettings,
  MigrationTarget,
  ShadowSettings,
} from "../contract/migration.ts";
import type { RoutingAction } from "../contract/routing.ts";
import { FIELD_NAME } from "./causeway-config-edits.ts";
import { type ConfigPath, type ConfigReader, formatPath, isTable } from "./causeway-config-values.ts";

const SHADOW_KEYS = ["to", "methods", "sample", "ignore", "maxBody", "timeout"];
const IGNORE_KEYS = ["headers", "json", "text", "whitespace"];
const CUTOVER_KEYS = ["to", "percent", "sticky", "fallback"];
const FALLBACK_KEYS = ["methods", "maxBody"];
/** Methods that change nothing (RFC 9110 §9.2.1): asking twice does no harm. */
const SAFE_METHODS = ["GET", "HEAD", "OPTIONS"];
const ALL_METHODS = [...SAFE_METHODS, "POST", "PUT", "PATCH", "DELETE"];
const MEGABYTE = 1024 ** 2;

/** What a route can move to, and what it answers with now. */
export interface MigrationSurroundings {
  action: RoutingAction;
  upstreams: readonly string[];
}

/** How the answers of a route are compared. */
export function readShadow(
  reader: ConfigReader,
  value: unknown,
  path: ConfigPath,
  surroundings: MigrationSurroundings,
): ShadowSettings | undefined {
  if (value === undefined || value === false) return undefined;
  const table = value === true ? {} : reader.table(value, path, SHADOW_KEYS);
  const to = readTarget(reader, table?.to, path, surroundings);
  if (table === undefined || to === undefined) return undefined;
  return {
    to,
    methods: readMethods(reader, table.methods, [...path, "methods"], ["GET", "HEAD"]),
    percent: readPercent(reader, table.sample, [...path, "sample"]) ?? 100,
    ignore: readRules(reader, table.ignore, [...path, "ignore"]),
    maxBodyBytes: reader.size(table.maxBody, [...path, "maxBody"]) ?? MEGABYTE,
    timeoutMs: reader.duration(table.timeout, [...path, "timeout"]) ?? 10_000,
  };
}

/** Who is answered by another one. */
export function readCutover(
  reader: ConfigReader,
  value: unknown,
  path: ConfigPath,
  surroundings: MigrationSurroundings,
): CutoverSettings | undefined {
  if (value === undefined || value === false) return undefined;
  const table = reader.table(value, path, CUTOVER_KEYS);
  const to = readTarget(reader, table?.to, path, surroundings);
  if (table === undefined || to === undefined) return undefined;
  if (table.percent === undefined) {
    const at = [...path, "percent"];
    return reader.note(path, `${formatPath(at)} is missing`, "Write the share of the clients, 0 to 100.");
  }
  return {
    to,
    percent: readPercent(reader, table.percent, [...path, "percent"]) ?? 0,
    sticky: readSticky(reader, table.sticky, [...path, "sticky"]),
    ...readFallback(reader, table.fallback, [...path, "fallback"]),
  };
}

function readTarget(
  reader: ConfigReader,
  value: unknown,
  path: ConfigPath,
  { action, upstreams }: MigrationSurroundings,
): MigrationTarget | undefined {
  if (action.kind !== "upstream" && action.kind !== "function") {
    return reader.note(
      path,
      `${formatPath(path)} stands at a route that answers with "${action.kind}"`,
      "Give it to a route with upstream or function.",
    );
  }
  const at = [...path, "to"];
  const name = isTable(value) ? reader.table(value, at, ["upstream"])?.upstream : undefined;
  if (value !== undefined && value !== "function" && typeof name !== "string") {
    return reader.note(at, `${formatPath(at)} names nobody`, 'Write "function" or { upstream: "name" }.');
  }
  if (typeof name === "string" && !upstreams.includes(name)) {
    return reader.note(at, `There is no upstream "${name}"`, 'Add it to "upstreams", or correct the name.');
  }
  const isSame =
    typeof name === "string"
      ? action.kind === "upstream" && action.upstream === name
      : action.kind === "function";
  if (isSame) {
    return reader.note(
      value === undefined ? path : at,
      `${formatPath(path)} leads to the one that the route has already`,
      'Name another one: to: "function" or to: { upstream: "name" }.',
    );
  }
  if (typeof name !== "string") return { kind: "function" };
  // Another server for the same: it sees the paths that the first one sees.
  const { rewrite } = action;
  return { kind: "upstream", upstream: name, ...(rewrite === undefined ? {} : { rewrite }) };
}

function readMethods(
  reader: ConfigReader,
  value: unknown,
  path: ConfigPath,
  otherwise: readonly string[],
): string[] {
  if (value === undefined) return [...otherwise];
  return reader
    .list(value, path)
    .flatMap((method, index) => reader.choice(method, [...path, index], ALL_METHODS) ?? []);
}

function readPercent(reader: ConfigReader, value: unknown, path: ConfigPath): number | undefined {
  return reader.number(value, path, { to: 100, whole: false });
}

function readSticky(reader: ConfigReader, value: unknown, path: ConfigPath): CutoverSettings["sticky"] {
  if (value === undefined || value === true) return "cookie";
  if (value === false) return false;
  return reader.choice(value, path, ["cookie", "client-address"] as const) ?? "cookie";
}

function readFallback(
  reader: ConfigReader,
  value: unknown,
  path: ConfigPath,
): Pick<CutoverSettings, "fallbackMethods" | "maxBodyBytes"> {
  if (value === false) return { fallbackMethods: [], maxBodyBytes: 0 };
  const table = value === undefined || value === true ? {} : reader.table(value, path, FALLBACK_KEYS);
  return {
    fallbackMethods: readMethods(reader, table?.methods, [...path, "methods"], SAFE_METHODS),
    maxBodyBytes: reader.size(table?.maxBody, [...path, "maxBody"]) ?? MEGABYTE,
  };
}

function readRules(reader: ConfigReader, value: unknown, path: ConfigPath): ComparisonRules {
  const table = value === undefined ? {} : (reader.table(value, path, IGNORE_KEYS) ?? {});
  return {
    headers: reader.list(table.headers, [...path, "headers"]).map((name, index) => {
      if (typeof name === "string" && FIELD_NAME.test(name)) return name.toLowerCase();
      const at = [...path, "headers", index];
      reader.note(at, `${formatPath(at)} is no name of a field`, "Correct the name.");
      return "";
    }),
    json: reader
      .list(table.json, [...path, "json"])
      .flatMap((text, index) => readPlace(reader, text, [...path, "json", index])),
    text: reader
      .list(table.text, [...path, "text"])
      .flatMap((pattern, index) => readPattern(reader, pattern, [...path, "text", index])),
    whitespace: reader.flag(table.whitespace, [...path, "whitespace"]) ?? false,
  };
}

/** A JSON Pointer (RFC 6901) or `$.items[*].id`; `*` is any key or index. */
function readPlace(reader: ConfigReader, value: unknown, path: ConfigPath): (string | null)[][] {
  const keys = typeof value === "string" ? parsePlace(value) : undefined;
  if (keys !== undefined) return [keys.map((key) => (key === "*" ? null : key))];
  reader.note(
    path,
    `${formatPath(path)} is no place in a document`,
    'Write "$.items[*].id" or "/items/*/id".',
  );
  return [];
}

function parsePlace(text: string): string[] | undefined {
  if (text.startsWith("/")) {
    const keys = text.slice(1).split("/");
    return keys.map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"));
  }
  if (!/^\$(?:\.[^.[\]]+|\[(?:\d+|\*)\])+$/.test(text)) return undefined;
  return [...text.matchAll(/\.([^.[\]]+)|\[(\d+|\*)\]/g)].map(([, key, index]) => (key ?? index) as string);
}

/** A regular expression, as such or as its text. */
function readPattern(
  reader: ConfigReader,
  value: unknown,
  path: ConfigPath,
): { source: string; flags: string }[] {
  if (value instanceof RegExp) return [{ source: value.source, flags: value.flags }];
  try {
    if (typeof value === "string" && value !== "") return [{ source: new RegExp(value).source, flags: "" }];
  } catch {
    // Noted below, like everything else that is no pattern.
  }
  reader.note(path, `${formatPath(path)} is no regular expression`, "Write for example /nonce=\\w+/.");
  return [];
}
