// What a function leaves behind after its answer, a rejected promise that nobody awaits or a timer that throws,
// is logged and ends nothing: on Workers it would not disturb other requests either.

import process from "node:process";
import type { LogSink } from "../../contract/platform.ts";

/** For programs that serve: called when the site has started, so that faults before that still end them. */
export function surviveFaults(log: LogSink): void {
  process.on("unhandledRejection", (error) => {
    log.error("A promise was rejected and nobody handled it", error);
  });
  process.on("uncaughtException", (error) => {
    // Whoever read our output is gone: writing about it would fail in the same way again.
    if ((error as NodeJS.ErrnoException).code === "EPIPE") return;
    log.error("An exception was thrown outside of any request", error);
  });
}
