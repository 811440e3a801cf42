// Load by wrk: requests per second and latency of one server, asked for one path or for many in turn.

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Load {
  port: number;
  /** Asked for in turn. */
  paths: readonly string[];
  connections: number;
  seconds: number;
  /** The processor that wrk runs on, so that it takes no time from the server. */
  core: string;
}

export interface LoadFigures {
  requestsPerSecond: number;
  p99Ms: number;
}

const MS_BY_UNIT: Record<string, number> = { us: 0.001, ms: 1, s: 1_000 };

/** Runs wrk once; throws if an answer is not 2xx or 3xx. */
export function measureLoad({ port, paths, connections, seconds, core }: Load): LoadFigures {
  const directory = mkdtempSync(join(tmpdir(), "causeway-wrk-"));
  try {
    const script = join(directory, "paths.lua");
    writeFileSync(script, pathScript(paths));
    const load = ["-t1", `-c${connections}`, `-d${seconds}s`, "--timeout", "30s", "--latency", "-s", script];
    const args = ["-c", core, "wrk", ...load, `http://127.0.0.1:${port}`];
    return parseReport(execFileSync("taskset", args, { encoding: "utf8" }));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

/** The requests are made once: the script costs the client a table look-up for each. */
function pathScript(paths: readonly string[]): string {
  return `local paths = { ${paths.map((path) => JSON.stringify(path)).join(", ")} }
local requests, at = {}, 0
init = function() for i, path in ipairs(paths) do requests[i] = wrk.format("GET", path) end end
request = function() at = at % #requests + 1; return requests[at] end
`;
}

function parseReport(text: string): LoadFigures {
  if (/Non-2xx|Socket errors/.test(text)) throw new Error(text);
  const requestsPerSecond = Number(/Requests\/sec:\s+([\d.]+)/.exec(text)?.[1]);
  const [, digits, unit = ""] = /99%\s+([\d.]+)(us|ms|s)/.exec(text) ?? [];
  return { requestsPerSecond, p99Ms: Number(digits) * (MS_BY_UNIT[unit] ?? Number.NaN) };
}
