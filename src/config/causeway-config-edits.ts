// Reads what a route does beside answering: fields that it sets or removes.

import type { HeaderEdits } from "../contract/routing.ts";
import { type ConfigPath, type ConfigReader, formatPath } from "./causeway-config-values.ts";

/** What a field may be called (RFC 9110 §5.1). */
export const FIELD_NAME = /^[!#$%&'*+\-.^_`|~\dA-Za-z]+$/;
const FIELD_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Fields that a route sets or removes. */
export function readEdits(reader: ConfigReader, value: unknown, path: ConfigPath): HeaderEdits | undefined {
  if (value === undefined) return undefined;
  const table = reader.table(value, path, ["set", "remove"]);
  if (table === undefined) return undefined;
  const remove = reader.list(table.remove, [...path, "remove"]).map((name, index) => {
    if (typeof name === "string" && FIELD_NAME.test(name)) return name.toLowerCase();
    reader.note(
      [...path, "remove", index],
      `${formatPath([...path, "remove", index])} is no name of a field`,
      "Correct the name.",
    );
    return "";
  });
  return { set: readHeaders(reader, table.set, [...path, "set"]), remove };
}

/** Name → value as fields. */
export function readHeaders(reader: ConfigReader, value: unknown, path: ConfigPath): [string, string][] {
  return Object.entries(reader.record(value, path)).map(([name, text]) => {
    if (!FIELD_NAME.test(name) || typeof text !== "string" || !FIELD_VALUE.test(text)) {
      reader.note(
        [...path, name],
        `${formatPath([...path, name])} is no field`,
        "Correct the name, and write the value as a text on one line.",
      );
    }
    return [name.toLowerCase(), String(text)];
  });
}
