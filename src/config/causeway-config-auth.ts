// Reads who may use a route: passwords, signed tokens, or the word of another server.

import type { AuthSettings, BasicAuthSettings, RequestAuthSettings } from "../contract/guards.ts";
import { readJwt } from "./causeway-config-jwt.ts";
import { digestPassword } from "./causeway-config-password.ts";
import { readField, readRealm, readSecretSource } from "./causeway-config-secret.ts";
import { type ConfigPath, type ConfigReader, formatPath, isTable } from "./causeway-config-values.ts";

const KINDS = ["basic", "jwt", "request"] as const;
const DEFAULT_TIMEOUT_MS = 5_000;

/** Reads `auth`; undefined if it says nothing sensible. */
export function readAuth(
  reader: ConfigReader,
  value: unknown,
  path: ConfigPath,
  upstreams: readonly string[],
): AuthSettings | undefined {
  const table = reader.table(value, path, KINDS);
  if (table === undefined) return undefined;
  const [kind, ...others] = KINDS.filter((one) => table[one] !== undefined);
  if (kind === undefined || others.length > 0) {
    return reader.note(
      path,
      `${formatPath(path)} must have exactly one of ${KINDS.join(", ")}`,
      'Write for example { basic: { users: { name: { env: "PASSWORD" } } } }.',
    );
  }
  const at = [...path, kind];
  if (kind === "basic") return readBasic(reader, table.basic, at);
  return kind === "jwt" ? readJwt(reader, table.jwt, at) : readRequest(reader, table.request, at, upstreams);
}

function readBasic(reader: ConfigReader, value: unknown, path: ConfigPath): BasicAuthSettings | undefined {
  const table = reader.table(value, path, ["realm", "users"]);
  if (table === undefined) return undefined;
  const users = Object.entries(reader.record(table.users, [...path, "users"]));
  if (users.length === 0 && (table.users === undefined || isTable(table.users))) {
    reader.note(path, `${formatPath(path)} names no users`, 'Add users: { name: "password" }.');
  }
  const sources = users.map(([user, source]) => {
    const read = readSecretSource(reader, source, [...path, "users", user]) ?? "";
    return [user, typeof read === "string" ? digestPassword(read) : read] as const;
  });
  return { kind: "basic", realm: readRealm(reader, table.realm, path), users: Object.fromEntries(sources) };
}

function readRequest(
  reader: ConfigReader,
  value: unknown,
  path: ConfigPath,
  upstreams: readonly string[],
): RequestAuthSettings | undefined {
  const table = reader.table(value, path, ["upstream", "path", "copy", "timeout"]);
  if (table === undefined) return undefined;
  const upstream = reader.text(table.upstream, [...path, "upstream"]) ?? "";
  if (!upstreams.includes(upstream)) {
    reader.note(
      [...path, "upstream"],
      `There is no upstream "${upstream}"`,
      'Name the server that decides in "upstreams", and write its name here.',
    );
  }
  const target = table.path;
  if (typeof target !== "string" || !/^\/(?![/\\])[\x21-\x7e]*$/.test(target) || target.includes("#")) {
    reader.note(
      [...path, "path"],
      `${formatPath([...path, "path"])} must be a path`,
      'Write for example "/verify".',
    );
  }
  const copy = reader.list(table.copy, [...path, "copy"]);
  return {
    kind: "request",
    upstream,
    path: String(target),
    copy: copy.map((name, index) => readField(reader, name, [...path, "copy", index])),
    timeoutMs: reader.duration(table.timeout, [...path, "timeout"]) ?? DEFAULT_TIMEOUT_MS,
  };
}
