// The command line's border: arguments in, exit code out. The only place that turns errors into words for a person.

import { readFile } from "node:fs/promises";
import { CausewayError, ERROR_CODES } from "../contract/errors.ts";
import type { Problem } from "../contract/problem.ts";
import { formatHelp } from "./help.ts";
import type { CommandName } from "./options.ts";
import { createOutput, type Output } from "./output.ts";
import { type CommandLine, parseArguments } from "./parse-arguments.ts";
import { isError } from "./report-problems.ts";

/** A command, given a command line without mistakes; throws a CausewayError when it fails. */
export type Command = (line: CommandLine, output: Output) => Promise<void>;

/** Loaded on use: `causeway --help` must not wait for a bundler. */
const LOADERS: Record<CommandName, () => Promise<Command>> = {
  init: async () => (await import("./commands/init.ts")).runInit,
  dev: async () => (await import("./commands/dev.ts")).runDev,
  build: async () => (await import("./commands/build.ts")).runBuild,
  start: async () => (await import("./commands/start.ts")).runStart,
  status: async () => (await import("./commands/status.ts")).runStatus,
  top: async () => (await import("./commands/top.ts")).runTop,
  reload: async () => (await import("./commands/control.ts")).runReload,
  scale: async () => (await import("./commands/control.ts")).runScale,
  purge: async () => (await import("./commands/purge.ts")).runPurge,
  stop: async () => (await import("./commands/control.ts")).runStop,
  shadow: async () => (await import("./commands/shadow.ts")).runShadow,
  routes: async () => (await import("./commands/routes.ts")).runRoutes,
  assets: async () => (await import("./commands/assets.ts")).runAssets,
  deploy: async () => (await import("./commands/deploy.ts")).runDeploy,
};

/** Runs one command line and sets the exit code of the process. */
export async function runCli(args: readonly string[]): Promise<void> {
  process.stdout.on("error", endQuietlyOnClosedPipe);
  // `causeway help build` is what many programs call `build --help`.
  const line = parseArguments(args[0] === "help" ? [...args.slice(1), "--help"] : args);
  const { flags } = line.options;
  const output = createOutput({
    json: flags.has("json"),
    quiet: flags.has("quiet"),
    strict: flags.has("strict"),
  });
  try {
    await runLine(line, output);
  } catch (error) {
    process.exitCode = reportFailure(error, output);
  }
}

/** A reader that has seen enough (`causeway routes | head -1`) is no failure. */
function endQuietlyOnClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code === "EPIPE") process.exit(0);
  process.stderr.write(`error: Cannot write to standard output: ${error.code}\n`);
  process.exit(1);
}

async function runLine(line: CommandLine, output: Output): Promise<void> {
  const { flags } = line.options;
  if (flags.has("version")) {
    const version = await readVersion();
    return output.result(version, { version });
  }
  if (flags.has("help") || (line.command === undefined && line.problems.length === 0)) {
    return output.result(formatHelp(line.command), { help: formatHelp(line.command) });
  }
  if (line.problems.some(isError) || line.command === undefined) {
    throw new CausewayError("bad-usage", "", { problems: line.problems });
  }
  output.require(line.problems);
  const command = await LOADERS[line.command]();
  await command(line, output);
}

async function readVersion(): Promise<string> {
  const manifest = await readFile(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(manifest) as { version: string }).version;
}

function reportFailure(error: unknown, output: Output): number {
  if (!(error instanceof CausewayError)) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stderr.write(`${output.colors.red("error")}: ${ERROR_CODES.internal.title}\n${text}\n`);
    return ERROR_CODES.internal.exitCode;
  }
  output.fail(error.problems.length > 0 ? error.problems : [asProblem(error)]);
  return ERROR_CODES[error.code].exitCode;
}

function asProblem(error: CausewayError): Problem {
  const remedy = error.remedy === undefined ? {} : { remedy: error.remedy };
  return { severity: "error", code: error.code, message: error.message, ...remedy };
}
