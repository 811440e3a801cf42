// Where is a file written before it is renamed into place?

import { randomUUID } from "node:crypto";

/** A name beside `path` that nobody else uses, neither another process nor another build of this one. */
export function temporaryPath(path: string, purpose = "tmp"): string {
  return `${path}.${randomUUID().slice(0, 8)}.${purpose}`;
}
