// Load by wrk: requests per second and latency of one server, asked for one path or for many in turn.

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Load {
  port: number;
  /** Asked for in turn. */
  paths: readonly string[];
  /** Sent with every request. */
  headers?: Readonly<Record<string, string>>;
  connections: number;
  seconds: number;
  /** The processor that wrk runs on, so that it takes no time from the server. */
  core: string;
}

export interface LoadFigures {
  requestsPerSecond: number;
  p99Ms: number;
  requests: number;
  /** Share of its processor that wrk itself took: near 1, it is the limit and not the server. */
  clientBusy: number;
}

const MS_BY_UNIT: Record<string, number> = { us: 0.001, ms: 1, s: 1_000 };

/** Runs wrk once; throws if an answer is not 2xx or 3xx. */
export function measureLoad(load: Load): LoadFigures {
  const { port, paths, headers = {}, connections, seconds, core } = load;
  const directory = mkdtempSync(join(tmpdir(), "causeway-wrk-"));
  try {
    const script = join(directory, "paths.lua");
    writeFileSync(script, pathScript(paths, headers));
    const options = [
      "-t1",
      `-c${connections}`,
      `-d${seconds}s`,
      "--timeout",
      "30s",
      "--latency",
      "-s",
      script,
    ];
    const args = ["taskset", "-c", core, "wrk", ...options, `http://127.0.0.1:${port}`];
    const timed = ["-c", 'TIMEFORMAT="%R %U %S"; time "$@"', "bash", ...args];
    const { stdout, stderr } = spawnSync("bash", timed, { encoding: "utf8" });
    return parseReport(stdout, stderr);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** The requests are made once: the script costs the client a table look-up for each. */
function pathScript(paths: readonly string[], headers: Readonly<Record<string, string>>): string {
  const fields = Object.entries(headers).map(
    ([name, value]) => `wrk.headers[${quote(name)}] = ${quote(value)}`,
  );
  return `${fields.join("\n")}
local paths = { ${paths.map(quote).join(", ")} }
local requests, at = {}, 0
init = function() for i, path in ipairs(paths) do requests[i] = wrk.format("GET", path) end end
request = function() at = at % #requests + 1; return requests[at] end
`;
}

/** JSON's strings are Lua's, for what stands in paths and fields. */
function quote(text: string): string {
  return JSON.stringify(text);
}

function parseReport(text: string, times: string): LoadFigures {
  if (!/Requests\/sec/.test(text) || /Non-2xx|Socket errors/.test(text)) throw new Error(text + times);
  const requestsPerSecond = Number(/Requests\/sec:\s+([\d.]+)/.exec(text)?.[1]);
  const [, digits, unit = ""] = /99%\s+([\d.]+)(us|ms|s)/.exec(text) ?? [];
  const p99Ms = Number(digits) * (MS_BY_UNIT[unit] ?? Number.NaN);
  const requests = Number(/(\d+) requests in/.exec(text)?.[1]);
  const [real = 1, user = 0, system = 0] = (times.trim().split("\n").at(-1) ?? "").split(" ").map(Number);
  return { requestsPerSecond, p99Ms, requests, clientBusy: (user + system) / real };
}
