// What a contest found: a table for each task, or JSON, with the machine and the versions that it was found on.

import { execFileSync } from "node:child_process";
import { describeMachine, type Row } from "./contest.ts";
import { runtimeOf } from "./runtimes.ts";

export interface ReportOptions {
  /** The contender that ratios are against. */
  base: string;
  json: boolean;
  /** How it was measured: rounds, seconds, connections and the like. */
  settings: Readonly<Record<string, unknown>>;
}

export function report(rows: readonly Row[], excluded: readonly string[], options: ReportOptions): void {
  const machine = { ...describeMachine(), bun: versionOf("bun"), deno: versionOf("deno") };
  if (options.json) {
    console.log(JSON.stringify({ ...machine, ...options.settings, rows, excluded }, undefined, 2));
    return;
  }
  const { processor, kernel, node, bun, deno } = machine;
  console.log(`${processor}, ${kernel}, Node ${node}, Bun ${bun}, Deno ${deno}`);
  const settings = Object.entries(options.settings).map(([name, value]) => `${name} ${value}`);
  console.log(`Medians; ratios to ${options.base}; ${settings.join(", ")}`);
  for (const task of new Set(rows.map((row) => row.task))) {
    console.log(`\n${task}`);
    console.table(rows.filter((row) => row.task === task).map(({ task: _, ...figures }) => figures));
  }
  for (const line of excluded) console.log(`Left out: ${line}`);
}

function versionOf(runtime: "bun" | "deno"): string {
  return /[\d.]+/.exec(execFileSync(runtimeOf(runtime), ["--version"], { encoding: "utf8" }))?.[0] ?? "";
}
