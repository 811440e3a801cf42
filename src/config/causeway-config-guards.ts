// Reads guards, of a route or of the whole site: addresses, limits, CORS, CSRF, secure headers.

import { isIP } from "node:net";
import type {
  AddressSettings,
  CorsSettings,
  CsrfSettings,
  GuardSettings,
  LimitKey,
  LimitSettings,
  RateSettings,
  SecureHeaderSettings,
} from "../contract/guards.ts";
import { readAuth } from "./causeway-config-auth.ts";
import { FIELD_NAME, readHeaders } from "./causeway-config-edits.ts";
import { type ConfigPath, type ConfigReader, formatPath, isTable } from "./causeway-config-values.ts";

/** The keys that a route and the site have in common. */
export const GUARD_KEYS = [
  ...["allow", "deny", "limit", "cors", "auth", "csrf", "secureHeaders", "maxBody"],
] as const;

const LIMIT_KEYS = ["rate", "burst", "excess", "connections", "key", "maxKeys"] as const;
const CORS_KEYS = ["origin", "methods", "headers", "exposeHeaders", "credentials", "maxAge"] as const;
const DEFAULT_MAX_KEYS = 16_384;
const DEFAULT_CORS_METHODS = ["GET", "HEAD", "PUT", "PATCH", "POST", "DELETE"];
const PERIODS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/(?:\*\.)?(?:\[[0-9a-f:.]+\]|[a-z0-9_.-]+)(?::\d{1,5})?$/i;
/** What Hono and Helmet set, too. */
const SECURE_HEADERS: Readonly<Record<string, string>> = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "origin-agent-cluster": "?1",
  "referrer-policy": "no-referrer",
  "strict-transport-security": "max-age=15552000; includeSubDomains",
  "x-content-type-options": "nosniff",
  "x-dns-prefetch-control": "off",
  "x-download-options": "noopen",
  "x-frame-options": "SAMEORIGIN",
  "x-permitted-cross-domain-policies": "none",
  "x-xss-protection": "0",
};

/** Reads the guards among the keys of a table. */
export function readGuards(
  reader: ConfigReader,
  table: Record<string, unknown>,
  path: ConfigPath,
  upstreams: readonly string[],
): GuardSettings {
  const at = (key: string): ConfigPath => [...path, key];
  const read = <T>(key: string, parse: (value: unknown, at: ConfigPath) => T | undefined) => {
    const value = table[key];
    return value === undefined || value === false ? value : parse(value, at(key));
  };
  const settings = {
    addresses: readAddresses(reader, table, path),
    limits: read("limit", (value, place) => readLimits(reader, value, place)),
    cors: read("cors", (value, place) => readCors(reader, value, place)),
    auth: read("auth", (value, place) => readAuth(reader, value, place, upstreams)),
    csrf: read("csrf", (value, place) => readCsrf(reader, value, place)),
    secureHeaders: read("secureHeaders", (value, place) => readSecureHeaders(reader, value, place)),
    maxBodyBytes: reader.size(table.maxBody, at("maxBody")),
  };
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}

function readAddresses(
  reader: ConfigReader,
  { allow, deny }: Record<string, unknown>,
  path: ConfigPath,
): AddressSettings | undefined {
  if (allow === undefined && deny === undefined) return undefined;
  const read = (value: unknown, key: string) =>
    reader.list(value, [...path, key]).map((text, index) => readAddress(reader, text, [...path, key, index]));
  if (Array.isArray(allow) && allow.length === 0) {
    reader.note(
      [...path, "allow"],
      `${formatPath([...path, "allow"])} lets nobody in`,
      'Name addresses, or write ["all"].',
    );
  }
  return { allow: read(allow, "allow"), deny: read(deny, "deny") };
}

function readAddress(reader: ConfigReader, value: unknown, path: ConfigPath): string {
  if (typeof value === "string" && isAddressText(value)) return value;
  reader.note(
    path,
    `${formatPath(path)} is no address`,
    'Write "10.0.0.1", "10.0.0.0/8", "2001:db8::/32", "unix" or "all".',
  );
  return "";
}

function isAddressText(text: string): boolean {
  if (text === "unix" || text === "all") return true;
  const [address = "", length, ...rest] = text.split("/");
  const family = isIP(address);
  if (family === 0 || address.includes("%") || rest.length > 0) return false;
  return length === undefined || (/^\d{1,3}$/.test(length) && Number(length) <= (family === 4 ? 32 : 128));
}

function readLimits(reader: ConfigReader, value: unknown, path: ConfigPath): LimitSettings[] {
  if (!Array.isArray(value)) return [readLimit(reader, value, path)].flatMap((limit) => limit ?? []);
  return value.flatMap((limit, index) => readLimit(reader, limit, [...path, index]) ?? []);
}

function readLimit(reader: ConfigReader, value: unknown, path: ConfigPath): LimitSettings | undefined {
  const table = reader.table(value, path, LIMIT_KEYS);
  if (table === undefined) return undefined;
  const connections = reader.number(table.connections, [...path, "connections"], { from: 1 }) ?? 0;
  const rate = readRate(reader, table, path);
  if (table.rate === undefined && table.connections === undefined) {
    reader.note(path, `${formatPath(path)} limits nothing`, 'Add rate: "10/s" or connections: 50, or both.');
  }
  return {
    zone: formatPath(path),
    key: readKey(reader, table.key, [...path, "key"]),
    ...(rate === undefined ? {} : { rate }),
    connections,
    maxKeys:
      reader.number(table.maxKeys, [...path, "maxKeys"], { from: 1, to: 10_000_000 }) ?? DEFAULT_MAX_KEYS,
  };
}

function readRate(
  reader: ConfigReader,
  table: Record<string, unknown>,
  path: ConfigPath,
): RateSettings | undefined {
  const burst = reader.number(table.burst, [...path, "burst"], { to: 1_000_000 }) ?? 0;
  const excess = reader.choice(table.excess, [...path, "excess"], ["reject", "delay"] as const) ?? "reject";
  if (excess === "delay" && burst === 0) {
    reader.note(
      [...path, "excess"],
      `${formatPath([...path, "excess"])} has nobody to delay`,
      "Add burst: 20, the number of requests that may wait.",
    );
  }
  const { rate } = table;
  if (rate === undefined) return undefined;
  const match = typeof rate === "string" ? /^([1-9]\d{0,6})\/([smhd])$/.exec(rate) : null;
  if (match !== null) {
    const intervalMs = (PERIODS[match[2] as string] as number) / Number(match[1]);
    return { intervalMs, burst, delays: excess === "delay" };
  }
  return reader.note(
    [...path, "rate"],
    `${formatPath([...path, "rate"])} must be a number of requests in a time`,
    'Write for example "10/s", "100/m" or "1000/h".',
  );
}

function readKey(reader: ConfigReader, value: unknown, path: ConfigPath): LimitKey {
  if (value === undefined || value === "client") return { kind: "client" };
  if (value === "all") return { kind: "all" };
  const [kind, ...rest] = isTable(value) ? Object.keys(value) : [];
  const name = isTable(value) && rest.length === 0 ? value[kind ?? ""] : undefined;
  if ((kind === "header" || kind === "cookie") && typeof name === "string" && FIELD_NAME.test(name)) {
    return { kind, name: kind === "header" ? name.toLowerCase() : name };
  }
  reader.note(
    path,
    `${formatPath(path)} names no key`,
    'Write "client", "all", { header: "…" } or { cookie: "…" }.',
  );
  return { kind: "client" };
}

function readCors(reader: ConfigReader, value: unknown, path: ConfigPath): CorsSettings | undefined {
  const table = reader.table(value, path, CORS_KEYS);
  if (table === undefined) return undefined;
  const origins = table.origin === "*" ? "*" : readOrigins(reader, table.origin, [...path, "origin"]);
  const credentials = reader.flag(table.credentials, [...path, "credentials"]) ?? false;
  if (origins === "*" && credentials) {
    reader.note(
      [...path, "credentials"],
      `${formatPath([...path, "credentials"])} would let every site act for its visitors`,
      'List the origins that may, in place of "*".',
    );
  }
  const names = (key: string) => readNames(reader, table[key], [...path, key]);
  return {
    origins,
    methods: table.methods === undefined ? DEFAULT_CORS_METHODS : names("methods"),
    headers: names("headers"),
    exposed: names("exposeHeaders"),
    credentials,
    maxAgeSeconds: Math.round((reader.duration(table.maxAge, [...path, "maxAge"]) ?? 0) / 1_000),
  };
}

function readNames(reader: ConfigReader, value: unknown, path: ConfigPath): string[] {
  return reader.list(value, path).map((name, index) => {
    if (typeof name === "string" && FIELD_NAME.test(name) && name !== "*") return name;
    const at = [...path, index];
    reader.note(at, `${formatPath(at)} is no name`, "Name each one.");
    return "";
  });
}

function readOrigins(reader: ConfigReader, value: unknown, path: ConfigPath): string[] {
  const isList = Array.isArray(value);
  const texts = isList ? value : [value];
  return texts.map((text, index) => {
    if (typeof text === "string" && ORIGIN.test(text)) return text.toLowerCase();
    const at = isList ? [...path, index] : path;
    reader.note(
      at,
      `${formatPath(at)} must be an origin: scheme, name and port, without a path`,
      'Write for example "https://app.example.com" or "https://*.example.com".',
    );
    return "";
  });
}

function readCsrf(reader: ConfigReader, value: unknown, path: ConfigPath): CsrfSettings {
  const table = value === true ? {} : (reader.table(value, path, ["origins"]) ?? {});
  const { origins } = table;
  return { origins: origins === undefined ? [] : readOrigins(reader, origins, [...path, "origins"]) };
}

function readSecureHeaders(reader: ConfigReader, value: unknown, path: ConfigPath): SecureHeaderSettings {
  const own = value === true ? {} : reader.record(value, path);
  const wanted = Object.entries(own).filter(([, text]) => text !== false);
  const named = new Set(Object.keys(own).map((name) => name.toLowerCase()));
  const defaults = Object.entries(SECURE_HEADERS).filter(([name]) => !named.has(name));
  const set = readHeaders(reader, Object.fromEntries(wanted), path);
  return { defaults, set, remove: named.has("x-powered-by") ? [] : ["x-powered-by"] };
}
