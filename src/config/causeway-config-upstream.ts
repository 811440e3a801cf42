// Reads one entry of `upstreams`: its servers, and how requests are spread over them.

import {
  type BalancingPolicy,
  type BalancingSettings,
  FORWARDING_STYLES,
  type HashKey,
  type ServerSettings,
  type UpstreamSettings,
} from "../contract/routing.ts";
import type { UpstreamTls } from "../contract/transport.ts";
import {
  readActiveHealth,
  readCircuitBreaker,
  readPassiveHealth,
  readRetries,
  readTimeouts,
} from "./causeway-config-health.ts";
import { parseServerUrl, type ServerUrl } from "./causeway-config-server.ts";
import { type ConfigPath, type ConfigReader, formatPath, isTable } from "./causeway-config-values.ts";

const UPSTREAM_KEYS = [
  "servers",
  "balance",
  "sticky",
  "timeouts",
  "health",
  "circuitBreaker",
  "retries",
  "host",
  "forwarding",
  "interim",
  "tls",
  "script",
  "root",
  "index",
  "variables",
  "maxBufferedBody",
] as const;
const INTERIM_RULES = ["pass", "drop"] as const;
const SERVER_KEYS = ["url", "weight", "backup", "drain", "maxConnections"] as const;
const TLS_KEYS = ["serverName", "ca", "certificate", "key", "dangerouslyAcceptAnyCertificate"] as const;

const DEFAULT_COOKIE = "causeway";
const DEFAULT_BUFFERED_BYTES = 10 * 1024 * 1024;

/** Reads an upstream; undefined if nothing sensible is there. */
export function readUpstream(
  reader: ConfigReader,
  value: unknown,
  path: ConfigPath,
): UpstreamSettings | undefined {
  const short = typeof value === "string" ? [value] : value;
  const table = reader.table(Array.isArray(short) ? { servers: short } : short, path, UPSTREAM_KEYS);
  if (table === undefined) return undefined;
  const at = (key: string): ConfigPath => (table === value ? [...path, key] : path);
  const activeHealth = readActiveHealth(reader, table.health, at("health"));
  const circuitBreaker = readCircuitBreaker(reader, table.circuitBreaker, at("circuitBreaker"));
  return {
    servers: readServers(reader, table, at),
    balancing: readBalancing(reader, table, at),
    timeouts: readTimeouts(reader, table.timeouts, at("timeouts")),
    passiveHealth: readPassiveHealth(reader, table.health, at("health")),
    ...(activeHealth === undefined ? {} : { activeHealth }),
    ...(circuitBreaker === undefined ? {} : { circuitBreaker }),
    retries: readRetries(reader, table.retries, at("retries")),
    host: readHost(reader.text(table.host, at("host")) ?? "client"),
    forwarding: reader.choice(table.forwarding, at("forwarding"), FORWARDING_STYLES) ?? "x-forwarded",
    passesInterim: (reader.choice(table.interim, at("interim"), INTERIM_RULES) ?? "pass") === "pass",
    maxBufferedBodyBytes: reader.size(table.maxBufferedBody, at("maxBufferedBody")) ?? DEFAULT_BUFFERED_BYTES,
  };
}

type PathOf = (key: string) => ConfigPath;

function readServers(reader: ConfigReader, table: Record<string, unknown>, at: PathOf): ServerSettings[] {
  const list = reader.list(table.servers, at("servers"));
  if (list.length === 0) {
    reader.note(
      at("servers"),
      `${formatPath(at("servers"))} names no server`,
      'Add one: servers: ["http://127.0.0.1:8000"].',
    );
  }
  const common = readCommon(reader, table, at);
  const servers = list.map((value, index) => readServer(reader, value, [...at("servers"), index], common));
  const found = servers.filter((server) => server !== undefined);
  if (found.some(({ protocol }) => protocol === "fastcgi") && common.script === undefined) {
    const message = `${formatPath(at("servers"))} speaks FastCGI, which needs to know the script`;
    reader.note(
      at("servers"),
      message,
      'Add script: "/srv/app/index.php", or root: "/srv/app" for many scripts.',
    );
  }
  return found;
}

/** What all servers of an upstream share. */
interface CommonServerSettings {
  tls: UpstreamTls | undefined;
  variables: Record<string, string> | undefined;
  script: ServerSettings["script"];
}

function readCommon(reader: ConfigReader, table: Record<string, unknown>, at: PathOf): CommonServerSettings {
  const script = readFile(reader, table.script, at("script"));
  const root = readFile(reader, table.root, at("root"))?.replace(/\/+$/, "");
  const index = reader.text(table.index, at("index")) ?? "index.php";
  return {
    tls: readTls(reader, table.tls, at("tls")),
    variables: table.variables === undefined ? undefined : reader.texts(table.variables, at("variables")),
    script: script !== undefined ? { file: script } : root !== undefined ? { root, index } : undefined,
  };
}

function readFile(reader: ConfigReader, value: unknown, path: ConfigPath): string | undefined {
  const text = reader.text(value, path);
  if (text === undefined || text.startsWith("/")) return text;
  return reader.note(
    path,
    `${formatPath(path)} must be an absolute path`,
    "Begin it with a slash: the server sees it from elsewhere.",
  );
}

function readTls(reader: ConfigReader, value: unknown, path: ConfigPath): UpstreamTls | undefined {
  if (value === undefined) return undefined;
  const table = reader.table(value, path, TLS_KEYS);
  if (table === undefined) return undefined;
  const { dangerouslyAcceptAnyCertificate: accept, ...texts } = table;
  const tls: UpstreamTls = {};
  for (const key of ["serverName", "ca", "certificate", "key"] as const) {
    const text = reader.text(texts[key], [...path, key]);
    if (text !== undefined) tls[key] = text;
  }
  if (reader.flag(accept, [...path, "dangerouslyAcceptAnyCertificate"]))
    tls.dangerouslyAcceptAnyCertificate = true;
  return tls;
}

function readServer(
  reader: ConfigReader,
  value: unknown,
  path: ConfigPath,
  { tls, variables, script }: CommonServerSettings,
): ServerSettings | undefined {
  const table = reader.table(typeof value === "string" ? { url: value } : value, path, SERVER_KEYS);
  if (table === undefined) return undefined;
  const urlPath = typeof value === "string" ? path : [...path, "url"];
  const url = readServerUrl(reader, table.url, urlPath);
  if (url === undefined) return undefined;
  return {
    protocol: url.protocol,
    address: url.address,
    ...(url.isSecure ? { tls: tls ?? {} } : {}),
    weight: reader.number(table.weight, [...path, "weight"], { from: 1, to: 10_000 }) ?? 1,
    backup: reader.flag(table.backup, [...path, "backup"]) ?? false,
    drain: reader.flag(table.drain, [...path, "drain"]) ?? false,
    maxConnections: reader.number(table.maxConnections, [...path, "maxConnections"]) ?? 0,
    ...(variables === undefined ? {} : { variables }),
    ...(script === undefined || url.protocol !== "fastcgi" ? {} : { script }),
  };
}

function readServerUrl(reader: ConfigReader, value: unknown, path: ConfigPath): ServerUrl | undefined {
  const url = typeof value === "string" ? parseServerUrl(value) : undefined;
  if (url !== undefined) return url;
  return reader.note(
    path,
    `${formatPath(path)} must be the URL of a server, without a path`,
    'Write for example "http://10.0.0.1:8080", "uwsgi://127.0.0.1:3031" or "fastcgi+unix:///run/php-fpm.sock".',
  );
}

function readBalancing(reader: ConfigReader, table: Record<string, unknown>, at: PathOf): BalancingSettings {
  const policy = readPolicy(reader, table.balance, at("balance"));
  const sticky = table.sticky === true ? {} : table.sticky;
  if (sticky === undefined || sticky === false) return { policy };
  const path = at("sticky");
  const settings = reader.table(sticky, path, ["cookie", "maxAge", "secure"]) ?? {};
  const cookie = reader.text(settings.cookie, [...path, "cookie"]) ?? DEFAULT_COOKIE;
  if (!/^[\w-]+$/.test(cookie)) {
    reader.note(
      [...path, "cookie"],
      `"${cookie}" is no name of a cookie`,
      "Use letters, digits, _ and - only.",
    );
  }
  const maxAgeMs = reader.duration(settings.maxAge, [...path, "maxAge"]);
  const secure = reader.flag(settings.secure, [...path, "secure"]) ?? false;
  const age = maxAgeMs === undefined ? {} : { maxAgeSeconds: Math.round(maxAgeMs / 1_000) };
  return { policy, sticky: { cookie, secure, ...age } };
}

function readPolicy(reader: ConfigReader, value: unknown, path: ConfigPath): BalancingPolicy {
  if (isTable(value)) {
    reader.table(value, path, ["hash"]);
    return { kind: "hash", key: readHashKey(reader, value.hash, [...path, "hash"]) };
  }
  const kind = reader.choice(value, path, ["round-robin", "least-busy", "two-choices"] as const);
  return { kind: kind ?? "round-robin" };
}

function readHashKey(reader: ConfigReader, value: unknown, path: ConfigPath): HashKey {
  if (value === "uri" || value === "client-address") return { kind: value };
  if (isTable(value)) {
    const [kind] = Object.keys(value);
    const name =
      kind === "header" || kind === "cookie" ? reader.text(value[kind], [...path, kind]) : undefined;
    if (name !== undefined) return { kind: kind as "header" | "cookie", name };
  }
  reader.note(
    path,
    `${formatPath(path)} names no key`,
    'Write "uri", "client-address", { header: "…" } or { cookie: "…" }.',
  );
  return { kind: "uri" };
}

function readHost(text: string): UpstreamSettings["host"] {
  return text === "client" || text === "server" ? { kind: text } : { kind: "fixed", value: text };
}
