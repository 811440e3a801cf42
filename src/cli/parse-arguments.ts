// What a command line means. All mistakes are collected; none is guessed away.

import type { Problem } from "../contract/problem.ts";
import { badUsage, checkOption, checkProvided, splitList, suggest } from "./check-option.ts";
import {
  COMMANDS,
  type CommandName,
  OPTIONS,
  type OptionName,
  type OptionSpec,
  optionsOf,
} from "./options.ts";

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
  /** What stands before the directory: the number of workers for `scale`, the URL for `purge`, what `assets` is to do. */
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
  const operand = takesOperand(command, options) ? places.shift() : undefined;
  const [directory, ...surplus] = places;
  if (name !== undefined && command === undefined) problems.push(unknownCommand(name));
  for (const extra of surplus)
    problems.push(badUsage(`Unexpected argument "${extra}"`, "Give one project directory."));
  const rest = separator < 0 ? [] : args.slice(separator + 1);
  return { command, operand, directory: directory ?? ".", options, rest, problems };
}

/** `purge` has one unless options say what is meant. */
function takesOperand(command: CommandName | undefined, { flags, lists }: OptionValues): boolean {
  if (command !== "purge") return command === "scale" || command === "assets";
  return !flags.has("all") && !lists.has("prefix") && !lists.has("tag");
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
  if (problem !== undefined) {
    problems.push(problem);
    return;
  }
  storeOption(name, spec, value, options);
  const unprovided = checkProvided(spec, value ?? "");
  if (unprovided !== undefined) problems.push(unprovided);
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

function unknownCommand(name: string): Problem {
  return badUsage(
    `There is no command "${name}"`,
    `${suggest(name, COMMANDS)}Commands: ${COMMANDS.join(", ")}.`,
  );
}

function unknownOption(written: string, command: CommandName | undefined): Problem {
  const known = optionsOf(command).map(([name]) => `--${name}`);
  const help = command === undefined ? "causeway --help" : `causeway ${command} --help`;
  return badUsage(`There is no option ${written}`, `${suggest(written, known)}\`${help}\` lists them.`);
}
