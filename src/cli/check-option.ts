// Does an option stand with a command that knows it, and with a value that it can have?

import { nearestName } from "../config/nearest-name.ts";
import type { Problem } from "../contract/problem.ts";
import { type CommandName, OPTIONS, type OptionName, type OptionSpec } from "./options.ts";
import {
  parseCount,
  parseCpuLimit,
  parseDeadline,
  parseDuration,
  parseMode,
  parsePercent,
  parseSize,
} from "./parse-amount.ts";

/** Only closed sets are split at commas: a variable's value may contain one. */
export function splitList(spec: OptionSpec, value: string): string[] {
  return spec.choices === undefined ? [value] : value.split(",").map((part) => part.trim());
}

/** What is wrong with an option as it was written; undefined if nothing is. */
export function checkOption(
  written: string,
  spec: OptionSpec,
  value: string | undefined,
  command: CommandName | undefined,
): Problem | undefined {
  if (spec.commands !== undefined && command !== undefined && !spec.commands.includes(command)) {
    return badUsage(
      `\`causeway ${command}\` has no option ${written}`,
      `It belongs to: ${spec.commands.join(", ")}.`,
    );
  }
  if (spec.kind === "flag") {
    return value === undefined ? undefined : badUsage(`${written} takes no value`, `Write ${written} alone.`);
  }
  if (value === undefined || value === "") {
    return spec.kind === "directory"
      ? undefined
      : badUsage(`${written} needs a value`, `Write ${written} ${spec.value}.`);
  }
  return checkValue(written, spec, value);
}

/** What is wrong with a value of an option, wherever it was written; undefined if nothing is. */
export function checkOptionValue(name: OptionName, value: string): Problem | undefined {
  return checkValue(`--${name}`, OPTIONS[name], value);
}

/** Values that are numbers with or without a unit, by what help calls them. */
const AMOUNTS: Record<string, { parse(text: string): unknown; remedy: string }> = {
  N: { parse: parseCount, remedy: "Give a whole number." },
  "N|auto": {
    parse: (text) => (text === "auto" ? text : parseCount(text)),
    remedy: "Give a whole number, or auto for one on each processor.",
  },
  PERCENT: { parse: parsePercent, remedy: "Give a number from 0 to 100, such as 99.9." },
  DURATION: { parse: parseDuration, remedy: "Give a time such as 500ms, 60s, 5m or 1h." },
  "[PATH=]DURATION": {
    parse: parseDeadline,
    remedy: "Give a time such as 60s, or /reports/*=5m for some paths.",
  },
  "PERCENT[/DURATION]": {
    parse: parseCpuLimit,
    remedy: "Give a share of one processor such as 90, or 90/60s for another time than 30s; 1s or more.",
  },
  MODE: { parse: parseMode, remedy: "Give three octal digits, such as 660." },
  SIZE: { parse: parseSize, remedy: "Give a size such as 256M or 1G." },
};

/** A DNS name, without port. */
const HOSTNAME = /^(?:[\w-]{1,63}\.)*[\w-]{1,63}$/;

function checkValue(written: string, spec: OptionSpec, value: string): Problem | undefined {
  if (spec.kind === "port" && !isPort(value)) {
    return badUsage(
      `Cannot use "${value}" as a port`,
      "Give a number from 0 to 65535; 0 lets the system choose.",
    );
  }
  if (spec.value === "NAME=VALUE" && !/^[^=]+=/.test(value)) {
    return badUsage(`${written} "${value}" sets nothing`, `Write ${written} NAME=VALUE.`);
  }
  if (spec.value === "HOSTNAME" && !HOSTNAME.test(value)) {
    return badUsage(
      `${written} "${value}" is no host name`,
      "Write the name alone: no scheme, no port, no *.",
    );
  }
  if (spec.value === "DATE" && !/^\d{4}-\d\d-\d\d$/.test(value)) {
    return badUsage(`${written} "${value}" is no date`, "Write it as YYYY-MM-DD.");
  }
  const amount = spec.value === undefined ? undefined : AMOUNTS[spec.value];
  if (amount !== undefined && amount.parse(value) === undefined) {
    return badUsage(`${written} cannot be "${value}"`, amount.remedy);
  }
  const wrong =
    spec.choices === undefined
      ? undefined
      : splitList(spec, value).find((part) => !spec.choices?.includes(part));
  if (wrong === undefined) return undefined;
  return badUsage(
    `${written} cannot be "${wrong}"`,
    `${suggest(wrong, spec.choices ?? [])}Known: ${spec.choices?.join(", ")}.`,
  );
}

/** Whether a text is a TCP port number. */
export function isPort(text: string): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) <= 65_535;
}

/** `Did you mean …? ` if one of the known names is near, else nothing. */
export function suggest(written: string, known: readonly string[]): string {
  const nearest = nearestName(written, known);
  return nearest === undefined ? "" : `Did you mean "${nearest}"? `;
}

/** What an option asks for that the site will not get; undefined for most. Names may have an id: `CACHE=id`. */
export function checkProvided(spec: OptionSpec, value: string): Problem | undefined {
  if (spec.unprovided === undefined) return undefined;
  const name = value.replace(/=.*/, "");
  return {
    severity: "warning",
    code: "binding-unsupported",
    message: `\`env\` will not have ${name}: ${spec.unprovided} is not supported yet; routes that do not use it work`,
  };
}

/** A mistake in a command line. */
export function badUsage(message: string, remedy: string): Problem {
  return { severity: "error", code: "bad-usage", message, remedy };
}
