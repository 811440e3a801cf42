// How much memory does another process hold? Linux tells it in /proc, whatever that process is busy with.

import { readFileSync } from "node:fs";

/** Resident bytes of a process; undefined where the system does not tell, or the process is gone. */
export function readResidentBytes(pid: number | undefined): number | undefined {
  if (pid === undefined || process.platform !== "linux") return undefined;
  try {
    // Sizes are in kB there; the pages of `statm` have a size that Node does not know.
    const kilobytes = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return kilobytes === undefined ? undefined : Number(kilobytes) * 1_024;
  } catch {
    return undefined;
  }
}
