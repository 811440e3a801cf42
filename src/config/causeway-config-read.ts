// From the value that causeway.config.ts exports to the routing section of a site, with all mistakes.

import type { RoutingSection, UpstreamSettings } from "../contract/routing.ts";
import { readCacheStore } from "./causeway-config-cache.ts";
import { readClients } from "./causeway-config-clients.ts";
import { GUARD_KEYS, readGuards } from "./causeway-config-guards.ts";
import { readRoute } from "./causeway-config-route.ts";
import { readUpstream } from "./causeway-config-upstream.ts";
import { type ConfigMistake, ConfigReader, formatPath } from "./causeway-config-values.ts";

/** An address, a CIDR range, or `unix`. */
const PROXY_TEXT = /^(?:unix|[0-9a-f.:]+(?:\/\d{1,3})?)$/i;

/** Reads a configuration. With mistakes the section is not fit to be served. */
export function readCausewayConfig(value: unknown): { section: RoutingSection; mistakes: ConfigMistake[] } {
  const reader = new ConfigReader();
  const keys = ["upstreams", "routes", "trustedProxies", "cache", "clients", ...GUARD_KEYS];
  const table = reader.table(value, [], keys) ?? {};
  const named = Object.entries(reader.record(table.upstreams, ["upstreams"]));
  const upstreams: Record<string, UpstreamSettings> = {};
  for (const [name, settings] of named) {
    const upstream = readUpstream(reader, settings, ["upstreams", name]);
    if (upstream !== undefined) upstreams[name] = upstream;
  }
  const names = named.map(([name]) => name);
  const routes = reader
    .list(table.routes, ["routes"])
    .flatMap((route, index) => readRoute(reader, route, ["routes", index], names) ?? []);
  const trustedProxies = reader
    .list(table.trustedProxies, ["trustedProxies"])
    .map((text, index) => readProxy(reader, text, index));
  const guards = readGuards(reader, table, [], names);
  const clients = readClients(reader, table.clients);
  const cache = readCacheStore(reader, table.cache);
  const section = {
    upstreams,
    routes,
    trustedProxies,
    ...(Object.keys(guards).length === 0 ? {} : { guards }),
    ...(clients === undefined ? {} : { clients }),
    ...(cache === undefined ? {} : { cache }),
  };
  return { section, mistakes: reader.mistakes };
}

function readProxy(reader: ConfigReader, value: unknown, index: number): string {
  if (typeof value === "string" && PROXY_TEXT.test(value)) return value;
  const path = ["trustedProxies", index];
  reader.note(path, `${formatPath(path)} is no address`, 'Write "10.0.0.1", "10.0.0.0/8" or "unix".');
  return "";
}
