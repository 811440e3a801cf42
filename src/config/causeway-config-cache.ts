// Reads what a configuration says of the shared cache: where it keeps answers, and for how long those of a route.

import type { CacheStoreSettings, RouteCacheSettings } from "../contract/routing.ts";
import { type ConfigPath, type ConfigReader, formatPath } from "./causeway-config-values.ts";

const DEFAULT_CHANNEL = "causeway:purge";
const ROUTE_CACHE_KEYS = [
  ...["defaultTtl", "negativeTtl", "heuristic", "staleOnFailure"],
  ...["storeSetCookie", "ignoreRequestDirectives"],
];

/** Whether, and by which rules, the answers of a route are shared. */
export function readRouteCache(
  reader: ConfigReader,
  value: unknown,
  path: ConfigPath,
): RouteCacheSettings | undefined {
  if (value === undefined || typeof value === "boolean")
    return value === undefined ? undefined : { enabled: value };
  const table = reader.table(value, path, ROUTE_CACHE_KEYS) ?? {};
  const seconds = (key: string) => toSeconds(reader.duration(table[key], [...path, key]));
  const fraction = reader.number(table.heuristic, [...path, "heuristic"], { to: 1, whole: false });
  return defined({
    enabled: true,
    defaultSeconds: seconds("defaultTtl"),
    negativeSeconds: seconds("negativeTtl"),
    heuristicFraction: fraction,
    staleOnFailureSeconds: seconds("staleOnFailure"),
    storeSetCookie: reader.flag(table.storeSetCookie, [...path, "storeSetCookie"]),
    ignoreRequestDirectives: reader.flag(table.ignoreRequestDirectives, [...path, "ignoreRequestDirectives"]),
  });
}

/** Where answers are kept, and whether other nodes are told of purges. */
export function readCacheStore(reader: ConfigReader, value: unknown): CacheStoreSettings | undefined {
  if (value === undefined) return undefined;
  const path = ["cache"];
  const table = reader.table(value, path, ["memory", "disk", "redis"]);
  return defined({
    memoryBytes: reader.size(table?.memory, [...path, "memory"]),
    disk: readDisk(reader, table?.disk, [...path, "disk"]),
    redis: readRedis(reader, table?.redis, [...path, "redis"]),
  });
}

function readDisk(reader: ConfigReader, value: unknown, path: ConfigPath): CacheStoreSettings["disk"] {
  if (value === undefined || typeof value === "boolean") return value === true ? {} : value;
  const table = reader.table(value, path, ["folder", "maxSize"]);
  return defined({
    folder: reader.text(table?.folder, [...path, "folder"]),
    maxBytes: reader.size(table?.maxSize, [...path, "maxSize"]),
  });
}

function readRedis(reader: ConfigReader, value: unknown, path: ConfigPath): CacheStoreSettings["redis"] {
  if (value === undefined || value === false) return undefined;
  if (value === true || typeof value === "string") {
    return defined({
      url: value === true ? undefined : readUrl(reader, value, path),
      channel: DEFAULT_CHANNEL,
    });
  }
  const table = reader.table(value, path, ["url", "channel"]);
  return defined({
    url: table?.url === undefined ? undefined : readUrl(reader, table.url, [...path, "url"]),
    channel: reader.text(table?.channel, [...path, "channel"]) ?? DEFAULT_CHANNEL,
  });
}

/** The configuration becomes part of the build, which is no place for a password. */
function readUrl(reader: ConfigReader, value: unknown, path: ConfigPath): string | undefined {
  if (typeof value !== "string" || !/^rediss?:\/\/[^/]/.test(value) || !URL.canParse(value)) {
    return reader.note(
      path,
      `${formatPath(path)} must be the URL of a Redis`,
      'Write "redis://10.0.0.5:6379".',
    );
  }
  if (new URL(value).password === "") return value;
  return reader.note(
    path,
    `${formatPath(path)} holds a password, which would become part of the build`,
    "Write true there, and set CAUSEWAY_REDIS_URL in the environment of the server.",
  );
}

function toSeconds(durationMs: number | undefined): number | undefined {
  return durationMs === undefined ? undefined : Math.round(durationMs / 1_000);
}

type Defined<Table> = { [Key in keyof Table]: Exclude<Table[Key], undefined> };

/** Without the keys that nothing was said about. */
function defined<Table extends object>(table: Table): Defined<Table> {
  return Object.fromEntries(
    Object.entries(table).filter(([, value]) => value !== undefined),
  ) as Defined<Table>;
}
