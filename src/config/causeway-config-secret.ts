// Values that all ways of telling who asks have in common: realms, secrets, names of fields.

import type { SecretSource } from "../contract/guards.ts";
import { FIELD_NAME } from "./causeway-config-edits.ts";
import { type ConfigPath, type ConfigReader, formatPath, isTable } from "./causeway-config-values.ts";

/** Fields that frame a request or belong to the server. */
const RESERVED_FIELDS = new Set([
  "host",
  "connection",
  "content-length",
  "transfer-encoding",
  "cf-connecting-ip",
]);

/** What a challenge calls the protected space. */
export function readRealm(reader: ConfigReader, value: unknown, path: ConfigPath): string {
  return (reader.text(value, [...path, "realm"]) ?? "Restricted").replace(/[^\x20-\x7e]|["\\]/g, "");
}

/** A text, or a variable by its name. */
export function readSecretSource(
  reader: ConfigReader,
  value: unknown,
  path: ConfigPath,
): SecretSource | undefined {
  if (!isTable(value)) return reader.text(value, path);
  const table = reader.table(value, path, ["env"]);
  if (typeof table?.env === "string" && /^[A-Za-z_]\w*$/.test(table.env)) return { env: table.env };
  return reader.note(
    [...path, "env"],
    `${formatPath([...path, "env"])} must name a variable`,
    'Write for example { env: "JWT_SECRET" }.',
  );
}

/** The lower-case name of a field that tells who asks. */
export function readField(reader: ConfigReader, name: unknown, path: ConfigPath): string {
  const lower = typeof name === "string" ? name.toLowerCase() : "";
  if (FIELD_NAME.test(lower) && !RESERVED_FIELDS.has(lower)) return lower;
  reader.note(path, `${formatPath(path)} is no name for a field of one's own`, 'Write for example "x-user".');
  return "";
}
