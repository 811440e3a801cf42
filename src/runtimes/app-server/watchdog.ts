// Watches the event loop of a worker from a thread of its own, which runs on when the loop does not. It ends a
// worker whose master is gone, and tells the master of one that is stuck, with the stack it hangs in.

import { Worker } from "node:worker_threads";

/** What the thread needs to know. */
export interface WatchdogBrief {
  /** One 32-bit counter, which the event loop moves on. */
  pulse: SharedArrayBuffer;
  masterPid: number;
  /** After this long without a pulse the thread asks which requests are open. */
  suspectAfterMs: number;
  /** After this long the worker is stuck, whatever is open. */
  stuckAfterMs: number;
}

/** What the event loop would say if it could; called by the thread while it hangs. */
export interface Testimony {
  requests: { method: string; target: string; ageMs: number; overdue: boolean }[];
  stack: string;
}

/** Name of the global function that gives the testimony, for the inspector. */
export const TESTIFY = "causewayTestify";
/** Also the resolution with which a stuck loop is noticed. */
export const PULSE_EVERY_MS = 100;

/** Starts the thread and the pulse. `describeOpen` lists the open requests. */
export function startWatchdog(
  brief: Omit<WatchdogBrief, "pulse" | "masterPid">,
  describeOpen: () => Testimony["requests"],
): void {
  const pulse = new SharedArrayBuffer(4);
  const counter = new Int32Array(pulse);
  Object.defineProperty(globalThis, TESTIFY, { value: () => testify(describeOpen) });
  setInterval(() => Atomics.add(counter, 0, 1), PULSE_EVERY_MS).unref();
  const workerData: WatchdogBrief = { ...brief, pulse, masterPid: process.ppid };
  const thread = new Worker(siblingModule("watchdog-thread"), {
    workerData,
    resourceLimits: { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 4 },
  });
  thread.unref();
}

/** A module beside this one, also where both were bundled: with the extension that this one has. */
function siblingModule(name: string): URL {
  return new URL(`./${name}${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`, import.meta.url);
}

/** Runs inside whatever hangs: must not wait, and must not depend on the state of the rest. */
function testify(describeOpen: () => Testimony["requests"]): string {
  const before = Error.stackTraceLimit;
  Error.stackTraceLimit = 50;
  const { stack = "" } = new Error();
  Error.stackTraceLimit = before;
  const testimony: Testimony = { requests: describeOpen(), stack };
  return JSON.stringify(testimony);
}
