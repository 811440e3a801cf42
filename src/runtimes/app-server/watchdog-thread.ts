// The thread of the watchdog. It talks to the event loop through the inspector, which interrupts running code.

import { writeSync } from "node:fs";
import { Session } from "node:inspector/promises";
import process from "node:process";
import { workerData } from "node:worker_threads";
import { type HangNotice, WATCHDOG_DESCRIPTOR } from "./messages.ts";
import { TESTIFY, type Testimony, type WatchdogBrief } from "./watchdog.ts";

const { pulse, masterPid, suspectAfterMs, stuckAfterMs } = workerData as WatchdogBrief;
const LOOK_EVERY_MS = 100;
/** Code that is inside a regular expression or a native call is not interrupted; it is told without a stack. */
const PAUSE_LIMIT_MS = 500;
const counter = new Int32Array(pulse);

let lastCount = -1;
let movedAt = performance.now();
let lookAgainAt = 0;
let isAsking = false;

setInterval(look, LOOK_EVERY_MS);

function look(): void {
  if (process.ppid !== masterPid) process.kill(process.pid, "SIGKILL");
  const now = performance.now();
  const count = Atomics.load(counter, 0);
  if (count !== lastCount) {
    lastCount = count;
    movedAt = now;
  }
  const stuckMs = now - movedAt;
  if (stuckMs < suspectAfterMs || now < lookAgainAt || isAsking) return;
  isAsking = true;
  ask(stuckMs).finally(() => {
    isAsking = false;
    lookAgainAt = performance.now() + LOOK_EVERY_MS;
  });
}

/** Reports if a request is overdue, or if the loop is stuck for longer than any may take. */
async function ask(stuckMs: number): Promise<void> {
  const testimony = await interrogate();
  const isOverdue = testimony?.requests.some(({ overdue }) => overdue) ?? false;
  if (!isOverdue && stuckMs < stuckAfterMs) return;
  const requests = testimony?.requests.map(({ method, target, ageMs }) => ({ method, target, ageMs }));
  const notice: HangNotice = {
    stuckMs: Math.round(stuckMs),
    requests: (requests ?? []).slice(0, 20),
    stack: testimony === undefined ? undefined : hungFrames(testimony.stack),
  };
  writeSync(WATCHDOG_DESCRIPTOR, `${JSON.stringify(notice)}\n`);
}

/** Pauses the event loop wherever it is and has it describe itself. */
async function interrogate(): Promise<Testimony | undefined> {
  const session = new Session();
  session.connectToMainThread();
  try {
    const paused = new Promise<string | undefined>((resolve) => {
      session.once("Debugger.paused", ({ params }) => resolve(params.callFrames[0]?.callFrameId));
      setTimeout(resolve, PAUSE_LIMIT_MS, undefined);
    });
    await session.post("Debugger.enable");
    await session.post("Debugger.pause");
    const callFrameId = await paused;
    if (callFrameId === undefined) return undefined;
    const expression = `globalThis.${TESTIFY}()`;
    const { result } = await session.post("Debugger.evaluateOnCallFrame", { callFrameId, expression });
    return typeof result.value === "string" ? (JSON.parse(result.value) as Testimony) : undefined;
  } catch {
    // Without the inspector there is no testimony; that the loop is stuck remains to be told.
    return undefined;
  } finally {
    session.disconnect();
  }
}

/** The stack without the frames of the question itself. */
function hungFrames(stack: string): string {
  const frames = stack.split("\n").slice(1);
  const question = frames.findLastIndex((frame) => /\btestify\b|watchdog\.[jt]s|<anonymous>:1:/.test(frame));
  return frames.slice(question + 1).join("\n");
}
