// Reads one entry of `routes`: when it applies, what answers, and what is changed on the way.

import type { FieldCondition, RoutingAction, RoutingCondition, RoutingRule } from "../contract/routing.ts";
import { readRouteCache } from "./causeway-config-cache.ts";
import { FIELD_NAME, readEdits, readHeaders } from "./causeway-config-edits.ts";
import { GUARD_KEYS, readGuards } from "./causeway-config-guards.ts";
import { readCutover, readShadow } from "./causeway-config-migration.ts";
import { type ConfigPath, type ConfigReader, formatPath } from "./causeway-config-values.ts";

const ACTIONS = ["upstream", "function", "static", "redirect", "answer"] as const;
const ROUTE_KEYS = [
  ...["host", "path", "method", "header", "cookie"],
  ...ACTIONS,
  ...["rewrite", "requestHeaders", "responseHeaders", "cache"],
  ...["shadow", "cutover"],
  ...GUARD_KEYS,
];
const REDIRECT_STATUSES = [301, 302, 303, 307, 308] as const;

/** Reads a route; undefined if it says nothing sensible. */
export function readRoute(
  reader: ConfigReader,
  value: unknown,
  path: ConfigPath,
  upstreams: readonly string[],
): RoutingRule | undefined {
  const table = reader.table(value, path, ROUTE_KEYS);
  if (table === undefined) return undefined;
  const when = readCondition(reader, table, path);
  const action = readAction(reader, table, path, upstreams, wildcardsOf(when.path));
  if (action === undefined) return undefined;
  const surroundings = { action, upstreams };
  return {
    when,
    action,
    ...optional("requestHeaders", readEdits(reader, table.requestHeaders, [...path, "requestHeaders"])),
    ...optional("responseHeaders", readEdits(reader, table.responseHeaders, [...path, "responseHeaders"])),
    ...optional("cache", readRouteCache(reader, table.cache, [...path, "cache"])),
    ...optional("shadow", readShadow(reader, table.shadow, [...path, "shadow"], surroundings)),
    ...optional("cutover", readCutover(reader, table.cutover, [...path, "cutover"], surroundings)),
    ...readGuards(reader, table, path, upstreams),
  };
}

function optional<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]?: V });
}

function readCondition(
  reader: ConfigReader,
  table: Record<string, unknown>,
  path: ConfigPath,
): RoutingCondition {
  const pattern = readPattern(reader, table.path, [...path, "path"]);
  return {
    ...optional(
      "hosts",
      readList(table.host)?.map((host, index) => readHost(reader, host, [...path, "host", index])),
    ),
    ...optional("path", pattern),
    ...optional(
      "methods",
      readList(table.method)?.map((method) => readMethod(reader, method, [...path, "method"])),
    ),
    ...optional("headers", readFields(reader, table.header, [...path, "header"])),
    ...optional("cookies", readFields(reader, table.cookie, [...path, "cookie"])),
  };
}

function readList(value: unknown): unknown[] | undefined {
  return value === undefined || Array.isArray(value) ? value : [value];
}

function readHost(reader: ConfigReader, value: unknown, path: ConfigPath): string {
  if (typeof value === "string" && /^(?:\*\.)?[a-z0-9_.-]+$/i.test(value)) return value.toLowerCase();
  reader.note(
    path,
    `${formatPath(path)} must be a host name without scheme and port`,
    'Write "example.com", or "*.example.com" for all names below.',
  );
  return "";
}

function readMethod(reader: ConfigReader, value: unknown, path: ConfigPath): string {
  if (typeof value === "string" && /^[A-Z]+$/.test(value)) return value;
  reader.note(
    path,
    `${formatPath(path)} must name methods`,
    'Write them in capitals: "GET" or ["GET", "POST"].',
  );
  return "";
}

function readPattern(reader: ConfigReader, value: unknown, path: ConfigPath): string | undefined {
  const text = reader.text(value, path);
  if (text === undefined) return undefined;
  const names = wildcardsOf(text);
  if (!text.startsWith("/") || /[?#\\]/.test(text)) {
    return reader.note(
      path,
      `${formatPath(path)} must be a path`,
      'Begin it with a slash, without a query: "/api/*".',
    );
  }
  if (new Set(names).size === names.length) return text;
  return reader.note(
    path,
    `${formatPath(path)} uses a wildcard twice`,
    "Use * once, and give each :name another name.",
  );
}

/** The names that a rewrite or a redirect may use. */
function wildcardsOf(pattern: string | undefined): string[] {
  return [...(pattern ?? "").matchAll(/\*|:([A-Za-z]\w*)/g)].map((match) => match[1] ?? "splat");
}

function readFields(reader: ConfigReader, value: unknown, path: ConfigPath): FieldCondition[] | undefined {
  if (value === undefined) return undefined;
  return Object.entries(reader.record(value, path)).map(([name, wanted]) => {
    if (!FIELD_NAME.test(name))
      reader.note([...path, name], `"${name}" is no name of a field`, "Correct the name.");
    if (wanted === true) return { name };
    return { name, value: reader.text(wanted, [...path, name]) ?? "" };
  });
}

function readAction(
  reader: ConfigReader,
  table: Record<string, unknown>,
  path: ConfigPath,
  upstreams: readonly string[],
  wildcards: readonly string[],
): RoutingAction | undefined {
  const named = ACTIONS.filter((action) => table[action] !== undefined && table[action] !== false);
  const [kind] = named;
  if (kind === undefined || named.length > 1) {
    const found =
      kind === undefined ? "does not say what answers" : `names several that answer: ${named.join(", ")}`;
    return reader.note(path, `${formatPath(path)} ${found}`, `Write exactly one of ${ACTIONS.join(", ")}.`);
  }
  const rewrite = readTemplate(reader, table.rewrite, [...path, "rewrite"], wildcards);
  const at = [...path, kind];
  switch (kind) {
    case "upstream":
      return readUpstreamAction(reader, table.upstream, at, upstreams, rewrite);
    case "function":
    case "static":
      reader.flag(table[kind], at);
      return { kind, ...optional("rewrite", rewrite) };
    case "redirect":
      return readRedirect(reader, table.redirect, at, wildcards);
    case "answer":
      return readAnswer(reader, table.answer, at);
  }
}

function readUpstreamAction(
  reader: ConfigReader,
  value: unknown,
  path: ConfigPath,
  upstreams: readonly string[],
  rewrite: string | undefined,
): RoutingAction | undefined {
  const upstream = reader.text(value, path);
  if (upstream === undefined) return undefined;
  if (upstreams.includes(upstream)) return { kind: "upstream", upstream, ...optional("rewrite", rewrite) };
  const known = upstreams.map((name) => `"${name}"`).join(", ");
  const remedy =
    known === ""
      ? `Add it: upstreams: { ${upstream}: ["http://127.0.0.1:8000"] }.`
      : `Use one of ${known}, or add it to "upstreams".`;
  return reader.note(path, `There is no upstream "${upstream}"`, remedy);
}

/** A path, with wildcards that the route's own path has. */
function readTemplate(
  reader: ConfigReader,
  value: unknown,
  path: ConfigPath,
  wildcards: readonly string[],
): string | undefined {
  const text = reader.text(value, path);
  if (text === undefined) return undefined;
  checkNames(reader, text, path, wildcards);
  if (text.startsWith("/") && !text.includes("#")) return text;
  return reader.note(path, `${formatPath(path)} must be a path`, 'Begin it with a slash: "/v2/:splat".');
}

function checkNames(
  reader: ConfigReader,
  text: string,
  path: ConfigPath,
  wildcards: readonly string[],
): void {
  const unknown = [...text.matchAll(/:([A-Za-z]\w*)/g)]
    .map((match) => match[1] as string)
    .filter((name) => !wildcards.includes(name));
  if (unknown.length === 0) return;
  const known = wildcards.map((name) => `:${name}`).join(", ") || "none";
  reader.note(
    path,
    `${formatPath(path)} uses :${unknown[0]}, which the route's path does not have`,
    `Its wildcards are: ${known}.`,
  );
}

function readRedirect(
  reader: ConfigReader,
  value: unknown,
  path: ConfigPath,
  wildcards: readonly string[],
): RoutingAction | undefined {
  const table = typeof value === "string" ? { to: value } : reader.table(value, path, ["to", "status"]);
  const toPath = typeof value === "string" ? path : [...path, "to"];
  const to = reader.text(table?.to, toPath);
  if (table === undefined || to === undefined) {
    return reader.note(
      path,
      `${formatPath(path)} does not say where to`,
      'Write redirect: "/new" or { to, status }.',
    );
  }
  const [, origin = "", rest = ""] = /^(https?:\/\/[^/:?#]+(?::\d+)?)?(.*)$/s.exec(to) ?? [];
  if ((origin === "" && !/^\/(?![/\\])/.test(rest)) || /^:\w/.test(rest)) {
    return reader.note(
      toPath,
      `${formatPath(toPath)} must be a path or a whole URL`,
      'Write "/new/:splat" or "https://example.com/new/:splat".',
    );
  }
  checkNames(reader, rest, toPath, wildcards);
  const status = (table as { status?: unknown }).status ?? 302;
  if (REDIRECT_STATUSES.includes(status as 301)) return { kind: "redirect", to, status: status as 301 };
  return reader.note(
    [...path, "status"],
    `${formatPath([...path, "status"])} must be one of ${REDIRECT_STATUSES.join(", ")}`,
    "Correct the status.",
  );
}

function readAnswer(reader: ConfigReader, value: unknown, path: ConfigPath): RoutingAction | undefined {
  const table = reader.table(value, path, ["status", "headers", "body"]);
  if (table === undefined) return undefined;
  const { body = "" } = table;
  if (typeof body !== "string") reader.text(body, [...path, "body"]);
  return {
    kind: "answer",
    status: reader.number(table.status, [...path, "status"], { from: 200, to: 599 }) ?? 200,
    headers: readHeaders(reader, table.headers, [...path, "headers"]),
    body: String(body),
  };
}
