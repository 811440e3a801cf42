// `causeway start`: serves a build, in this process on Node, as a process of its own on the other runtimes.

import { isAbsolute, resolve } from "node:path";
import { stopCompiler } from "../../build/stop-compiler.ts";
import type { Target } from "../../build/target.ts";
import { loadVariableFile } from "../../config/load-dev-vars.ts";
import { CausewayError } from "../../contract/errors.ts";
import type { Env } from "../../contract/handler.ts";
import { reservePort } from "../../dev/find-port.ts";
import { type ProcessRuntime, startRuntimeProcess } from "../../dev/runtime-process.ts";
import { startNodeServer } from "../../runtimes/node.ts";
import { loadRelease } from "../../runtimes/server/load-release.ts";
import { migrationFolder } from "../../runtimes/server/migration-folder.ts";
import { createMigrationJournal } from "../../runtimes/server/migration-journal.ts";
import { environmentFor, stopOnSignal } from "../../runtimes/server/run-build.ts";
import { createServerLog } from "../../runtimes/server/server-log.ts";
import { serverUrl } from "../../runtimes/server/server-url.ts";
import { surviveFaults } from "../../runtimes/server/survive-faults.ts";
import { type FoundBuild, findBuild } from "../find-build.ts";
import type { Output } from "../output.ts";
import type { CommandLine } from "../parse-arguments.ts";
import { readServerSettings } from "../server-settings.ts";
import { readAddress, readBindings } from "../site-options.ts";
import { buildProject } from "./build.ts";

/** Serves until a signal ends it. */
export async function runStart(line: CommandLine, output: Output): Promise<void> {
  const runtime = line.options.texts.get("runtime") ?? "node";
  const address = readAddress(line);
  const target = runtime === "workerd" ? "workers" : (runtime as Target);
  if (line.options.flags.has("build")) {
    await buildProject(line, output, [target]);
    await stopCompiler();
  }
  const build = await findBuild(line, target);
  const env = await startEnvironment(line, output, build);
  const settings = await readServerSettings(line, build.root);
  if (runtime !== "node" && line.options.texts.has("workers")) throw workersElsewhere(runtime);
  if (runtime === "node" && settings.supervisor.workers > 0) {
    const { startWorkers } = await import("./start-workers.ts");
    const served = await startWorkers(build, env, address, settings);
    const place = settings.socketPath ?? served.href.replace(/\/$/, "");
    const { workers } = settings.supervisor;
    output.result(
      `${build.site.name} is served on ${place} by ${workers} ${workers === 1 ? "worker" : "workers"}`,
      {
        event: "ready",
        url: place,
        runtime,
        workers,
      },
    );
    return;
  }
  const server =
    runtime === "node"
      ? await serveHere(build, env, address)
      : await serveProcess(build, env, address, runtime as ProcessRuntime);
  const url = server.url.href.replace(/\/$/, "");
  output.result(`${build.site.name} is served on ${url}`, { event: "ready", url, runtime });
  stopOnSignal(server);
}

function workersElsewhere(runtime: string): CausewayError {
  return new CausewayError(
    "bad-usage",
    `Cannot start workers on ${runtime}: it cannot take connections over`,
    {
      remedy: "Leave out --workers, or serve on Node.",
    },
  );
}

interface Address {
  host: string;
  port: number;
}

interface Served {
  url: URL;
  close(): Promise<void>;
}

async function serveHere(build: FoundBuild, env: Env, address: Address): Promise<Served> {
  const log = createServerLog();
  const migrations = createMigrationJournal(() => migrationFolder(build.outDir), log);
  const server = await startNodeServer({ ...(await loadRelease(build)), env, migrations, ...address });
  surviveFaults(log);
  return server;
}

/** A process that ends by itself ends the command, with its exit code. */
async function serveProcess(
  { outDir, root }: FoundBuild,
  env: Env,
  address: Address,
  runtime: ProcessRuntime,
): Promise<Served> {
  const port = await reservePort(address.port, address.host);
  const child = await startRuntimeProcess({ runtime, root, outDir, host: address.host, port, env });
  child.exited.then((code) => process.exit(code));
  return { url: serverUrl(address.host, port), close: () => child.stop() };
}

/** Rising precedence: --vars-file, the environment's variables of declared names, --binding. */
async function startEnvironment(line: CommandLine, output: Output, { site }: FoundBuild): Promise<Env> {
  const files = line.options.lists.get("vars-file") ?? [];
  const fromFiles: Record<string, string> = {};
  for (const file of files) {
    const loaded = await loadVariableFile(process.cwd(), file);
    if (loaded === undefined) throw missingEnvFile(file);
    output.require(loaded.problems);
    Object.assign(fromFiles, loaded.values);
  }
  const bindings = readBindings(line.options.lists.get("binding") ?? []);
  return { ...fromFiles, ...environmentFor({ ...site.vars, ...fromFiles }), ...bindings };
}

function missingEnvFile(file: string): CausewayError {
  const path = isAbsolute(file) ? file : resolve(file);
  return new CausewayError("bad-usage", `Cannot read the variables in "${file}": there is no such file`, {
    remedy: `It was looked for at ${path}.`,
  });
}
