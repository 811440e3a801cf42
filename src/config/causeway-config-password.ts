// Passwords of routes as a build keeps them: never in plain text.

import { createHash } from "node:crypto";

const DIGEST = /^sha256:[0-9a-f]{64}$/;

/** The digest of a password; a text that is one already stays as it is. */
export function digestPassword(password: string): string {
  if (DIGEST.test(password)) return password;
  return `sha256:${createHash("sha256").update(password).digest("hex")}`;
}
