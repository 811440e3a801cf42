// What a command line means. All mistakes are collected; none is guessed away.

import type { Problem } from "../contract/problem.ts";
import { nearestName } from "./nearest-name.ts";
import {
  COMMANDS,
  type CommandName,
  OPTIONS,
  type OptionName,
  type OptionSpec,
  optionsOf,
} from "./options.ts";
import { parseCount, parseDeadline, parseDuration, parseSize } from "./parse-amount.ts";

/** The options that were given; absent ones are undefined. */
export interface OptionValues {
  flags: Set<OptionName>;
  texts: Map<OptionName, string>;
  lists: Map<OptionName, string[]>;
  /** `false`: the option stood without a directory. */
  directories: Map<OptionName, string | false>;
}

export interface CommandLine {
  command: CommandName | undefined;
  /** What stands before the directory: the number of workers for `scale`. */
  operand: string | undefined;
  directory: string;
  options: OptionValues;
  /** Arguments after `--`, for the program that the command hands over to. */
  rest: string[];
  problems: Problem[];
}

/** Parses the arguments after the program's name. */
export function parseArguments(args: readonly string[]): CommandLine {
  const separator = args.indexOf("--");
  const own = separator < 0 ? args : args.slice(0, separator);
  const problems: Problem[] = [];
  const options: OptionValues = {
    flags: new Set(),
    texts: new Map(),
    lists: new Map(),
    directories: new Map(),
  };
  const command = findCommand(own);
  const positionals: string[] = [];
  const queue = [...own];
  for (let argument = queue.shift(); argument !== undefined; argument = queue.shift()) {
    if (!isOption(argument)) positionals.push(argument);
    else takeOption(argument, queue, command, options, problems);
  }
  const [name, ...places] = positionals;
  const operand = command === "scale" ? places.shift() : undefined;
  const [directory, ...surplus] = places;
  if (name !== undefined && command === undefined) problems.push(unknownCommand(name));
  for (const extra of surplus)
    problems.push(badUsage(`Unexpected argument "${extra}"`, "Give one project directory."));
  const rest = separator < 0 ? [] : args.slice(separator + 1);
  return { command, operand, directory: directory ?? ".", options, rest, problems };
}

/** The first argument that is no option; options may stand before it (`causeway --json routes`). */
function findCommand(args: readonly string[]): CommandName | undefined {
  const name = args.find((argument, index) => !isOption(argument) && !takesNext(args[index - 1]));
  return COMMANDS.find((command) => command === name);
}

function takesNext(previous: string | undefined): boolean {
  if (previous === undefined || !isOption(previous) || previous.includes("=")) return false;
  const name = resolveName(previous);
  return name !== undefined && OPTIONS[name].kind !== "flag";
}

function isOption(argument: string): boolean {
  return argument.length > 1 && argument.startsWith("-");
}

function resolveName(argument: string): OptionName | undefined {
  const long = argument.startsWith("--") ? argument.slice(2) : undefined;
  if (long !== undefined) return Object.hasOwn(OPTIONS, long) ? (long as OptionName) : undefined;
  return (Object.keys(OPTIONS) as OptionName[]).find(
    (name) => (OPTIONS[name] as OptionSpec).alias === argument.slice(1),
  );
}

function takeOption(
  argument: string,
  queue: string[],
  command: CommandName | undefined,
  options: OptionValues,
  problems: Problem[],
): void {
  const equals = argument.indexOf("=");
  const written = equals < 0 ? argument : argument.slice(0, equals);
  const inline = equals < 0 ? undefined : argument.slice(equals + 1);
  const name = resolveName(written);
  if (name === undefined) {
    problems.push(unknownOption(written, command));
    return;
  }
  const spec: OptionSpec = OPTIONS[name];
  const value =
    inline ??
    (spec.kind !== "flag" && queue[0] !== undefined && !isOption(queue[0]) ? queue.shift() : undefined);
  const problem = checkOption(written, spec, value, command);
  if (problem !== undefined) problems.push(problem);
  else storeOption(name, spec, value, options);
}

function storeOption(
  name: OptionName,
  spec: OptionSpec,
  value: string | undefined,
  options: OptionValues,
): void {
  if (spec.kind === "flag") options.flags.add(name);
  else if (spec.kind === "directory") options.directories.set(name, value ?? false);
  else if (spec.kind !== "list") options.texts.set(name, value ?? "");
  else options.lists.set(name, [...(options.lists.get(name) ?? []), ...splitList(spec, value ?? "")]);
}

/** Only closed sets are split at commas: a variable's value may contain one. */
function splitList(spec: OptionSpec, value: string): string[] {
  return spec.choices === undefined ? [value] : value.split(",").map((part) => part.trim());
}

function checkOption(
  written: string,
  spec: OptionSpec,
  value: string | undefined,
  command: CommandName | undefined,
): Problem | undefined {
  if (spec.refused !== undefined)
    return badUsage(`Cannot use ${written} ${value ?? ""}: ${spec.refused}`, "Leave it out.");
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
  DURATION: { parse: parseDuration, remedy: "Give a time such as 500ms, 60s, 5m or 1h." },
  "[PATH=]DURATION": {
    parse: parseDeadline,
    remedy: "Give a time such as 60s, or /reports/*=5m for some paths.",
  },
  SIZE: { parse: parseSize, remedy: "Give a size such as 256M or 1G." },
};

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

function unknownCommand(name: string): Problem {
  return badUsage(
    `There is no command "${name}"`,
    `${suggest(name, COMMANDS)}Commands: ${COMMANDS.join(", ")}.`,
  );
}

function unknownOption(written: string, command: CommandName | undefined): Problem {
  const known = optionsOf(command)
    .filter(([, spec]) => spec.refused === undefined)
    .map(([name]) => `--${name}`);
  const help = command === undefined ? "causeway --help" : `causeway ${command} --help`;
  return badUsage(`There is no option ${written}`, `${suggest(written, known)}\`${help}\` lists them.`);
}

function suggest(written: string, known: readonly string[]): string {
  const nearest = nearestName(written, known);
  return nearest === undefined ? "" : `Did you mean "${nearest}"? `;
}

function badUsage(message: string, remedy: string): Problem {
  return { severity: "error", code: "bad-usage", message, remedy };
}
