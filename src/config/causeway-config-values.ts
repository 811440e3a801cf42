// Reads a configuration value by value and notes every mistake with the path at which it stands.

/** Keys and indexes from the top of the configuration. */
export type ConfigPath = readonly (string | number)[];

/** A mistake before its place in the file is known. */
export interface ConfigMistake {
  path: ConfigPath;
  message: string;
  remedy: string;
}

/** Collects mistakes. Reading goes on after each, so that all are reported at once. */
export class ConfigReader {
  readonly mistakes: ConfigMistake[] = [];

  note(path: ConfigPath, message: string, remedy: string): undefined {
    this.mistakes.push({ path, message, remedy });
    return undefined;
  }

  /** A table with known keys only; undefined, and noted, if it is none. */
  table(value: unknown, path: ConfigPath, known: readonly string[]): Record<string, unknown> | undefined {
    if (!isTable(value))
      return this.note(path, `${formatPath(path)} must be an object`, "Write { … } there.");
    for (const key of Object.keys(value)) {
      if (!known.includes(key)) {
        this.note(
          [...path, key],
          `${formatPath([...path, key])} is no known setting`,
          `Known are: ${known.join(", ")}.`,
        );
      }
    }
    return value;
  }

  /** A table with keys of the owner's choice. */
  record(value: unknown, path: ConfigPath): Record<string, unknown> {
    if (value === undefined) return {};
    if (isTable(value)) return value;
    this.note(path, `${formatPath(path)} must be an object`, "Write { name: value } there.");
    return {};
  }

  list(value: unknown, path: ConfigPath): unknown[] {
    if (value === undefined) return [];
    if (Array.isArray(value)) return value;
    this.note(path, `${formatPath(path)} must be a list`, "Write [ … ] there.");
    return [];
  }

  text(value: unknown, path: ConfigPath): string | undefined {
    if (value === undefined || (typeof value === "string" && value !== "")) return value;
    return this.note(path, `${formatPath(path)} must be a text`, 'Write it in quotes: "…".');
  }

  flag(value: unknown, path: ConfigPath): boolean | undefined {
    if (value === undefined || typeof value === "boolean") return value;
    return this.note(path, `${formatPath(path)} must be true or false`, "Write true or false there.");
  }

  number(value: unknown, path: ConfigPath, { from = 0, to = Number.MAX_SAFE_INTEGER, whole = true } = {}) {
    if (value === undefined) return undefined;
    const isNumber = typeof value === "number" && value >= from && value <= to;
    if (isNumber && (!whole || Number.isInteger(value))) return value;
    const range = to === Number.MAX_SAFE_INTEGER ? `of at least ${from}` : `from ${from} to ${to}`;
    return this.note(
      path,
      `${formatPath(path)} must be a ${whole ? "whole " : ""}number ${range}`,
      "Correct the number.",
    );
  }

  /** Milliseconds. */
  duration(value: unknown, path: ConfigPath): number | undefined {
    return this.#measure(value, path, DURATION, 'a duration such as 500 (milliseconds), "5s" or "2m"');
  }

  /** Bytes. */
  size(value: unknown, path: ConfigPath): number | undefined {
    return this.#measure(value, path, SIZE, 'a size such as 1000 (bytes), "64KB" or "10MB"');
  }

  choice<T extends string>(value: unknown, path: ConfigPath, choices: readonly T[]): T | undefined {
    if (value === undefined || choices.includes(value as T)) return value as T | undefined;
    const listed = choices.map((choice) => `"${choice}"`).join(", ");
    return this.note(path, `${formatPath(path)} must be one of ${listed}`, `Write one of ${listed}.`);
  }

  texts(value: unknown, path: ConfigPath): Record<string, string> {
    const entries = Object.entries(this.record(value, path)).map(([key, text]) => [
      key,
      this.text(text, [...path, key]) ?? "",
    ]);
    return Object.fromEntries(entries);
  }

  #measure(value: unknown, path: ConfigPath, units: Record<string, number>, expected: string) {
    if (value === undefined) return undefined;
    const match = /^(\d+(?:\.\d+)?) ?([a-z]*)$/i.exec(
      typeof value === "number" ? String(value) : String(value ?? ""),
    );
    const factor = match && (match[2] === "" ? 1 : units[(match[2] as string).toLowerCase()]);
    if (match && factor && (typeof value === "number" || typeof value === "string")) {
      return Math.round(Number(match[1]) * factor);
    }
    return this.note(path, `${formatPath(path)} must be ${expected}`, `Write ${expected}.`);
  }
}

const DURATION = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const SIZE = { b: 1, kb: 1024, mb: 1024 ** 2, gb: 1024 ** 3 };

/** `routes[2].redirect`. */
export function formatPath(path: ConfigPath): string {
  const text = path.map((key) => (typeof key === "number" ? `[${key}]` : `.${key}`)).join("");
  return `"${text.replace(/^\./, "") || "the configuration"}"`;
}

export function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
