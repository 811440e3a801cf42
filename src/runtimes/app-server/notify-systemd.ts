// Tells systemd about readiness (sd_notify(3)), where it started us with Type=notify.

import { spawn } from "node:child_process";
import process from "node:process";

export type SystemdState = "--ready" | "--reloading" | "--stopping";

/** Node has no datagram sockets of the unix family, so systemd's own program speaks for us. */
export function notifySystemd(state: SystemdState): void {
  if (process.env.NOTIFY_SOCKET === undefined) return;
  const child = spawn("systemd-notify", [state, `--pid=${process.pid}`], { stdio: "ignore" });
  // Where the program is missing, systemd says so itself when its time for the start is over.
  child.on("error", () => {});
  child.unref();
}
