// Runs a build's own entry (`node dist/node.js`): port and host, one line, a clean stop on signals.

import { dirname } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { FunctionBundle } from "../../contract/bundle.ts";
import { CausewayError, ERROR_CODES } from "../../contract/errors.ts";
import type { Env } from "../../contract/handler.ts";
import { parseSite } from "../../contract/parse-site.ts";
import type { Site } from "../../contract/site.ts";
import { listVariables } from "../../edge/guards/read-secret.ts";
import type { RunningServer, ServerOptions } from "../running-server.ts";
import { describeLoadFailure } from "./describe-load-failure.ts";
import { migrationFolder } from "./migration-folder.ts";
import { createMigrationJournal } from "./migration-journal.ts";
import { openAssetStore } from "./open-asset-store.ts";
import { openProcessCache } from "./open-process-cache.ts";
import { openOwnPurgeDoor } from "./own-purge-door.ts";
import { readSiteDocument } from "./read-site-document.ts";
import { createServerLog } from "./server-log.ts";
import { surviveFaults } from "./survive-faults.ts";

/** What an entry knows about the build beside it. */
export interface BuildLocation {
  /** The site document. */
  site: URL;
  /** Loads the functions; called when the runtime is ready for them. */
  bundle: () => Promise<FunctionBundle>;
  /** Folder of the content-addressed files. */
  assets: URL;
}

const DEFAULT_PORT = 8787;
const DEFAULT_HOST = "127.0.0.1";

/** What is particular to a runtime. */
export interface BuildRunner {
  /** Makes the process ready for functions: globals, source maps. */
  prepare(): void;
  start(options: ServerOptions): Promise<RunningServer>;
}

/** Starts a build and keeps the process until SIGINT or SIGTERM; a second signal does not wait. */
export async function runBuild({ prepare, start }: BuildRunner, location: BuildLocation): Promise<void> {
  try {
    const site = parseSite(await readSiteDocument(location.site));
    prepare();
    const bundle = await loadApplication(location.bundle);
    const outDir = dirname(fileURLToPath(location.assets));
    const log = createServerLog();
    await openProcessCache({ site, outDir, log });
    const store = await openAssetStore(site, outDir);
    const env = { ...guardEnvironment(site), ...environmentFor(site.vars) };
    const accessLog = process.env.CAUSEWAY_ACCESS_LOG === "1";
    const migrations = createMigrationJournal(() => migrationFolder(outDir), log);
    const server = await start({ site, bundle, store, env, accessLog, migrations, ...readAddress() });
    const closeDoor = await openOwnPurgeDoor({ site, outDir, log });
    process.stdout.write(`${site.name} is served on ${server.url.href.replace(/\/$/, "")}\n`);
    surviveFaults(log);
    const running = { close: () => Promise.all([server.close(), closeDoor()]) };
    stopOnSignal(running);
    if (process.env.CAUSEWAY_STOP_WITH_STDIN !== undefined) stopWithParent(running);
  } catch (error) {
    if (!(error instanceof CausewayError)) throw error;
    process.stderr.write(
      `error: ${error.message}\n${error.remedy === undefined ? "" : `  ${error.remedy}\n`}`,
    );
    process.exitCode = ERROR_CODES[error.code].exitCode;
  }
}

/** Loads functions; what they throw while loading is the site owner's to correct. */
export async function loadApplication(load: () => Promise<FunctionBundle>): Promise<FunctionBundle> {
  try {
    return await load();
  } catch (error) {
    throw new CausewayError(
      "application-boot",
      `The application threw while loading: ${describeLoadFailure(error)}`,
      {
        cause: error,
        remedy: "Correct the code that runs when the module is imported.",
      },
    );
  }
}

function readAddress(): { host: string; port: number } {
  const { values } = parseArgs({
    options: { port: { type: "string" }, host: { type: "string" } },
    strict: false,
  });
  const port = Number(values.port ?? process.env.PORT ?? DEFAULT_PORT);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new CausewayError("bad-usage", `Cannot use "${values.port ?? process.env.PORT}" as a port`, {
      remedy: "Give a number from 0 to 65535.",
    });
  }
  return { port, host: String(values.host ?? process.env.HOST ?? DEFAULT_HOST) };
}

/** The environment variables that guards name: they are declared by that. */
export function guardEnvironment({ routing }: Pick<Site, "routing">): Env {
  const names = routing === undefined ? [] : listVariables(routing);
  return Object.fromEntries(
    names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
}

/**
 * Environment variables that carry the name of a declared variable replace its value; CAUSEWAY_ENV, a JSON
 * object, brings further variables and secrets.
 */
export function environmentFor(vars: Record<string, unknown>): Env {
  const names = Object.keys(vars).filter((name) => process.env[name] !== undefined);
  const replaced = Object.fromEntries(names.map((name) => [name, process.env[name]]));
  return { ...replaced, ...parseFurtherVariables(process.env.CAUSEWAY_ENV ?? "{}") };
}

function parseFurtherVariables(text: string): Env {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Env;
  } catch {
    // Reported below, without the text: it may hold secrets.
  }
  throw new CausewayError("bad-usage", "Cannot read the variables in CAUSEWAY_ENV: it holds no JSON object", {
    remedy: 'Set it to an object such as {"NAME":"value"}, or unset it.',
  });
}

/** What has an end in order. */
interface Closable {
  close(): Promise<unknown>;
}

/** Whoever started this process holds the other end of its standard input: if it dies, that ends too. */
function stopWithParent(server: Closable): void {
  const stop = () => server.close().then(() => process.exit(0));
  // Deno has no "close" there, and a pipe that breaks has no "end".
  process.stdin.resume().once("end", stop).once("close", stop);
}

/** Closes the server on the first SIGINT or SIGTERM, ends the process on the second. */
export function stopOnSignal(server: Closable): void {
  let stopping = false;
  const stop = () => {
    if (stopping) process.exit(130);
    stopping = true;
    server.close().then(() => process.exit(0));
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
}
