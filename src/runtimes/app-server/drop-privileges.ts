// Becomes another user once the port is bound: nothing of the site ever runs as root.

import { readFile } from "node:fs/promises";
import process from "node:process";
import { CausewayError } from "../../contract/errors.ts";

declare global {
  namespace NodeJS {
    interface Process {
      /** process.initgroups(user, extraGroup), which @types/node lacks. */
      initgroups(user: string | number, group: string | number): void;
    }
  }
}

/** `user` is `name` or `name:group`, also as numbers. Groups first: afterwards there is no right to change them. */
export async function dropPrivileges(user: string): Promise<void> {
  const [name = "", group] = user.split(":").map((part) => (/^\d+$/.test(part) ? Number(part) : part));
  try {
    if (group !== undefined) process.setgid?.(group);
    if (typeof name === "string") {
      const primary = group ?? (await primaryGroup(name));
      process.initgroups(name, primary);
      process.setgid?.(primary);
    } else process.setgroups?.([]);
    process.setuid?.(name);
  } catch (error) {
    throw new CausewayError("bad-usage", `Cannot become the user "${user}": ${(error as Error).message}`, {
      remedy: "Start as root, with a user and group that exist, or leave out --user.",
      cause: error,
    });
  }
}

async function primaryGroup(name: string): Promise<number> {
  const line = (await readFile("/etc/passwd", "utf8"))
    .split("\n")
    .find((entry) => entry.startsWith(`${name}:`));
  const group = Number(line?.split(":")[3]);
  if (line === undefined || !Number.isInteger(group)) throw new Error("there is no such user in /etc/passwd");
  return group;
}
