// Which programs of the system can a bench use? Those that are there; with --install Debian's packages are fetched.

import { execFileSync } from "node:child_process";

/** Whether a program can be run; says what is missing if it cannot. */
export function hasProgram(program: string, debianPackage: string, mayInstall: boolean): boolean {
  if (isThere(program)) return true;
  if (mayInstall && process.getuid?.() === 0 && isThere("apt-get")) {
    try {
      execFileSync("apt-get", ["install", "-y", "--no-install-recommends", debianPackage], {
        stdio: "ignore",
      });
    } catch {
      // Reported below.
    }
    if (isThere(program)) return true;
  }
  console.error(
    `Left out: ${program} is not installed (apt-get install ${debianPackage}, or --install as root)`,
  );
  return false;
}

function isThere(program: string): boolean {
  try {
    execFileSync("sh", ["-c", 'command -v "$1"', "sh", program], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
