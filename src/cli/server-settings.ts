// How the application server is to run: the command line, then `causeway.server` in package.json, then defaults.

import { readFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { CausewayError } from "../contract/errors.ts";
import type { Problem } from "../contract/problem.ts";
import type { Deadlines } from "../runtimes/app-server/deadlines.ts";
import { DEFAULT_SETTINGS, type MasterOptions } from "../runtimes/app-server/master.ts";
import { DEFAULT_BACKLOG } from "../runtimes/app-server/worker-gate.ts";
import { checkOptionValue } from "./check-option.ts";
import { OPTIONS, type OptionName, type OptionSpec } from "./options.ts";
import {
  parseCount,
  parseCpuLimit,
  parseDeadline,
  parseDuration,
  parseMode,
  parseSize,
} from "./parse-amount.ts";
import type { CommandLine } from "./parse-arguments.ts";
import { SERVER_OPTIONS } from "./server-options.ts";

export interface ServerSettings {
  supervisor: MasterOptions["settings"];
  isolated: number;
  deadlines: Deadlines;
  backlog: number;
  maxHeapMb: number | undefined;
  socketPath: string | undefined;
  socketMode: number | undefined;
  controlPath: string | undefined;
  controlPort: number | undefined;
  pidFile: string | undefined;
  user: string | undefined;
  accessLog: boolean;
  watch: boolean;
}

/** The options that are also keys of settings. */
export type ServerOption = Exclude<keyof typeof SERVER_OPTIONS, "force" | "sites">;
/** What was written for each option. */
export type ServerTexts = Map<ServerOption, string[]>;

/** Reads the settings of a start; throws `invalid-project` or `bad-usage` for what makes no sense. */
export async function readServerSettings(line: CommandLine, root: string): Promise<ServerSettings> {
  const configured = await readConfigured(root);
  const [problem] = configured.problems;
  if (problem !== undefined) {
    throw new CausewayError("invalid-project", problem.message, { problems: configured.problems });
  }
  return toServerSettings(new Map([...configured.texts, ...readGiven(line)]));
}

/** The settings that follow from what was written, all of which has been checked. */
export function toServerSettings(texts: ServerTexts): ServerSettings {
  const text = (name: ServerOption) => texts.get(name)?.at(-1);
  const amount = (name: ServerOption, parse: (text: string) => number | undefined, fallback: number) =>
    parse(text(name) ?? "") ?? fallback;
  const workers = readWorkers(text("workers"));
  const maxHeapBytes = amount("max-heap", parseSize, 0);
  const controlPort = text("control-port");
  const cpuLimit = parseCpuLimit(text("max-cpu") ?? "");
  return {
    supervisor: {
      workers,
      minWorkers: Math.min(workers, amount("min-workers", parseCount, workers)),
      bootLimitMs: DEFAULT_SETTINGS.bootLimitMs,
      keepTrying: false,
      idleMs: amount("idle", parseDuration, 0),
      drainLimitMs: amount("drain", parseDuration, DEFAULT_SETTINGS.drainLimitMs),
      streamGraceMs: amount("stream-grace", parseDuration, DEFAULT_SETTINGS.streamGraceMs),
      maxRequests: amount("max-requests", parseCount, 0),
      maxLifetimeMs: amount("max-lifetime", parseDuration, 0),
      maxRssBytes: amount("max-rss", parseSize, 0),
      killRssBytes: amount("kill-rss", parseSize, 0),
      maxCpuShare: cpuLimit?.share ?? 0,
      cpuWindowMs: cpuLimit?.windowMs ?? DEFAULT_SETTINGS.cpuWindowMs,
    },
    isolated: amount("isolate", parseCount, 0),
    deadlines: readDeadlines(texts.get("harakiri") ?? []),
    backlog: amount("backlog", parseCount, DEFAULT_BACKLOG),
    maxHeapMb: maxHeapBytes === 0 ? undefined : Math.max(16, Math.round(maxHeapBytes / 1_024 ** 2)),
    socketPath: text("unix"),
    socketMode: parseMode(text("unix-mode") ?? ""),
    controlPath: text("control"),
    controlPort: controlPort === undefined ? undefined : Number(controlPort),
    pidFile: text("pid-file"),
    user: text("user"),
    accessLog: texts.has("access-log"),
    watch: !texts.has("no-watch"),
  };
}

/** A number of processes; `auto` is one for each processor that this process may use: the quota of a container counts. */
export function readWorkers(text = "auto"): number {
  return text === "auto" ? availableParallelism() : Number(text);
}

/** The last one without a path is for all others. */
function readDeadlines(texts: readonly string[]): Deadlines {
  const parsed = texts.flatMap((text) => parseDeadline(text) ?? []);
  const routes = parsed.flatMap(({ pattern, limitMs }) =>
    pattern === undefined ? [] : [{ pattern, limitMs }],
  );
  const general = parsed.findLast(({ pattern }) => pattern === undefined);
  return { defaultMs: general?.limitMs ?? DEFAULT_SETTINGS.deadlineMs, routes };
}

/** What the command line says. */
export function readGiven({ options }: Pick<CommandLine, "options">): ServerTexts {
  const given: ServerTexts = new Map();
  for (const name of Object.keys(SERVER_OPTIONS) as ServerOption[]) {
    const list = options.lists.get(name);
    const text = options.texts.get(name);
    if (options.flags.has(name)) given.set(name, [""]);
    else if (list !== undefined) given.set(name, list);
    else if (text !== undefined) given.set(name, [text]);
  }
  return given;
}

/** `{"causeway": {"server": {"maxRss": "512M", "harakiri": ["60s", "/slow/*=5m"], "accessLog": true}}}` */
export async function readConfigured(root: string): Promise<{ texts: ServerTexts; problems: Problem[] }> {
  const problems: Problem[] = [];
  const texts = readServerKeys(await loadServerKeys(root), (key, { what, remedy }) => {
    const message = `"causeway.server.${key}" ${what}`;
    problems.push({ severity: "error", code: "config-value", message, file: "package.json", remedy });
  });
  return { texts, problems };
}

/** Reads settings that are keys in camel case; tells `reject` of those that make no sense. */
export function readServerKeys(
  keys: object,
  reject: (key: string, mistake: { what: string; remedy: string }) => void,
): ServerTexts {
  const texts: ServerTexts = new Map();
  for (const [key, value] of Object.entries(keys)) {
    const name = key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`) as ServerOption;
    if (!Object.hasOwn(SERVER_OPTIONS, name)) {
      reject(key, { what: "is no setting of the server", remedy: "Remove it." });
      continue;
    }
    const spec: OptionSpec = OPTIONS[name];
    if (spec.kind === "flag") {
      if (typeof value !== "boolean")
        reject(key, { what: "must be true or false", remedy: "Write one of these." });
      if (value === true) texts.set(name, [""]);
      continue;
    }
    const values = (Array.isArray(value) ? value : [value]).map(String);
    const wrong = values.map((one) => ({ one, problem: checkOptionValue(name as OptionName, one) }));
    const first = wrong.find(({ problem }) => problem !== undefined);
    if (first === undefined) texts.set(name, values);
    else reject(key, { what: `cannot be "${first.one}"`, remedy: first.problem?.remedy ?? "" });
  }
  return texts;
}

async function loadServerKeys(root: string): Promise<object> {
  try {
    const manifest = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as {
      causeway?: { server?: unknown };
    };
    const keys = manifest.causeway?.server;
    return typeof keys === "object" && keys !== null ? keys : {};
  } catch {
    // A build is also served where its sources are not; a broken package.json is the package manager's matter.
    return {};
  }
}
