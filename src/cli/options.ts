// Every option of every command: one row from which parsing, checking and help follow.

import { TARGETS } from "../build/target.ts";
import { SERVER_OPTIONS } from "./server-options.ts";

/** The commands, in the order in which help lists them. */
export const COMMANDS = [
  "init",
  "dev",
  "build",
  "start",
  "status",
  "top",
  "reload",
  "scale",
  "purge",
  "stop",
  "shadow",
  "routes",
  "assets",
  "deploy",
] as const;
export type CommandName = (typeof COMMANDS)[number];

/**
 * How an option takes its value. `directory` may stand without one, which means "none": the site is then
 * served without functions (or without static files) even if the directory is there.
 */
export type OptionKind = "flag" | "text" | "list" | "directory" | "port";

export interface OptionSpec {
  kind: OptionKind;
  alias?: string;
  /** What the value is called in help. */
  value?: string;
  help: string;
  /** The commands it belongs to; all without it. */
  commands?: readonly CommandName[];
  /** For lists: the values that are allowed; several may be given with commas. */
  choices?: readonly string[];
  /** It names a binding to this product, which is not provided: accepted with a warning. */
  unprovided?: string;
}

export const RUNTIMES = ["node", "bun", "deno", "workerd"] as const;

/** Those of `wrangler pages dev`, so that a project's own start line works as far as its routes do. */
function storageOption(product: string) {
  return {
    kind: "list",
    value: "NAME",
    help: `accepted, but env has no ${product} yet; repeatable`,
    commands: ["dev", "start"],
    unprovided: product,
  } as const;
}

export const OPTIONS = {
  port: { kind: "port", alias: "p", value: "PORT", help: "port to listen on (or PORT; 8787)" },
  host: { kind: "text", value: "HOST", help: "address to listen on (or HOST; 127.0.0.1)" },
  assets: { kind: "directory", value: "DIR", help: "static files (public/, or as configured)" },
  functions: { kind: "directory", value: "DIR", help: "function routes (functions/)" },
  env: { kind: "text", alias: "e", value: "NAME", help: "use [env.NAME] of the configuration" },
  binding: { kind: "list", alias: "b", value: "NAME=VALUE", help: "set a variable of env; repeatable" },
  "compatibility-date": { kind: "text", value: "DATE", help: "Workers compatibility date" },
  "compatibility-flag": { kind: "list", value: "FLAG", help: "Workers compatibility flag; repeatable" },
  kv: storageOption("KV"),
  d1: storageOption("D1"),
  r2: storageOption("R2"),
  target: {
    kind: "list",
    value: "TARGET",
    help: "node, bun, deno or workers; repeatable (all)",
    commands: ["build"],
    choices: TARGETS,
  },
  out: {
    kind: "text",
    value: "DIR",
    help: "where the build is (dist)",
    commands: [
      "build",
      "start",
      "assets",
      "deploy",
      "status",
      "top",
      "reload",
      "scale",
      "purge",
      "stop",
      "shadow",
    ],
  },
  build: { kind: "flag", help: "build first", commands: ["start"] },
  runtime: {
    kind: "text",
    value: "RUNTIME",
    help: "node, bun, deno or workerd (node)",
    commands: ["dev", "start"],
    choices: RUNTIMES,
  },
  "allowed-host": {
    kind: "list",
    value: "HOSTNAME",
    help: "further name that browsers ask for; repeatable",
    commands: ["dev"],
  },
  "vars-file": {
    kind: "list",
    value: "FILE",
    help: "NAME=value lines for env; repeatable",
    commands: ["start"],
  },
  "asset-store": {
    kind: "text",
    value: "URL",
    help: "where the files' bytes are: https://… or s3://bucket/folder",
    commands: ["start", "assets"],
  },
  "asset-cache": {
    kind: "text",
    value: "DIR",
    help: "copies of what the store holds (.causeway/asset-copies)",
    commands: ["start"],
  },
  "asset-cache-size": {
    kind: "text",
    value: "SIZE",
    help: "how much of that is kept (1G)",
    commands: ["start"],
  },
  concurrency: { kind: "text", value: "N", help: "requests at the same time (8)", commands: ["assets"] },
  ...SERVER_OPTIONS,
  prefix: { kind: "list", value: "URL", help: "purge what begins so; repeatable", commands: ["purge"] },
  tag: { kind: "list", value: "TAG", help: "purge what has this Cache-Tag; repeatable", commands: ["purge"] },
  all: { kind: "flag", help: "purge everything", commands: ["purge"] },
  check: { kind: "text", value: "PERCENT", help: "fail below this parity", commands: ["shadow"] },
  reset: { kind: "flag", help: "forget what was counted", commands: ["shadow"] },
  "routes-json": { kind: "flag", help: "print the generated _routes.json", commands: ["routes"] },
  "dry-run": { kind: "flag", help: "stop before the upload", commands: ["deploy", "assets"] },
  json: { kind: "flag", help: "print JSON for programs" },
  strict: { kind: "flag", help: "take warnings for errors" },
  quiet: { kind: "flag", alias: "q", help: "print problems only" },
  help: { kind: "flag", alias: "h", help: "explain the command" },
  version: { kind: "flag", alias: "v", help: "print the version" },
} as const satisfies Record<string, OptionSpec>;

export type OptionName = keyof typeof OPTIONS;

/** The options that a command understands. */
export function optionsOf(command: CommandName | undefined): [OptionName, OptionSpec][] {
  const rows = Object.entries(OPTIONS) as [OptionName, OptionSpec][];
  return rows.filter(
    ([, { commands }]) => commands === undefined || command === undefined || commands.includes(command),
  );
}
