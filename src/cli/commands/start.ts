// `causeway start`: serves a build, by workers or in this process on Node, as a process of its own on the other
// runtimes. What only one of these ways needs is loaded when it is taken: a start is quick.

import { isAbsolute, resolve } from "node:path";
import type { Target } from "../../build/target.ts";
import { loadVariableFile } from "../../config/load-dev-vars.ts";
import { CausewayError } from "../../contract/errors.ts";
import type { Env } from "../../contract/handler.ts";
import type { ProcessRuntime } from "../../dev/runtime-process.ts";
import { STORE_VARIABLES, storeAddressOf } from "../../runtimes/server/open-asset-store.ts";
import { environmentFor, guardEnvironment, stopOnSignal } from "../../runtimes/server/run-build.ts";
import { createServerLog } from "../../runtimes/server/server-log.ts";
import { serverUrl } from "../../runtimes/server/server-url.ts";
import { surviveFaults } from "../../runtimes/server/survive-faults.ts";
import { type FoundBuild, findBuild, findBuildIn } from "../find-build.ts";
import type { Output } from "../output.ts";
import { parseSize } from "../parse-amount.ts";
import type { CommandLine } from "../parse-arguments.ts";
import { MASTER_OPTIONS } from "../server-options.ts";
import { readServerSettings, type ServerSettings } from "../server-settings.ts";
import { readAddress, readBindings } from "../site-options.ts";

/** Serves until a signal ends it. */
export async function runStart(line: CommandLine, output: Output): Promise<void> {
  const runtime = line.options.texts.get("runtime") ?? "node";
  const address = readAddress(line);
  const target = runtime === "workerd" ? "workers" : (runtime as Target);
  if (line.options.flags.has("build")) await buildFor(target, line, output);
  if (line.options.flags.has("sites") || (await holdsSitesOnly(line))) {
    const { startSites } = await import("./start-sites.ts");
    return startSites(line, output, address);
  }
  setStoreVariables(line);
  const build = await findBuild(line, target);
  if (runtime === "workerd" && line.options.texts.has("asset-store")) throw storeElsewhere();
  storeAddressOf(build.site);
  const env = await startEnvironment(line, output, build);
  const settings = await readServerSettings(line, build.root);
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
  refuseMasterOptions(line, runtime);
  const server =
    runtime === "node"
      ? await serveHere(build, env, address, settings)
      : await serveProcess(build, env, address, settings, runtime as ProcessRuntime);
  const url = server.url.href.replace(/\/$/, "");
  output.result(`${build.site.name} is served on ${url}`, { event: "ready", url, runtime });
  stopOnSignal(server);
}

/** The processes that serve, whatever their runtime, find where the files are in the environment. */
function setStoreVariables({ options: { texts } }: CommandLine): void {
  const store = texts.get("asset-store");
  const cache = texts.get("asset-cache");
  const cacheBytes = parseSize(texts.get("asset-cache-size") ?? "");
  if (store !== undefined) process.env[STORE_VARIABLES.store] = store;
  if (cache !== undefined) process.env[STORE_VARIABLES.cache] = resolve(cache);
  if (cacheBytes !== undefined) process.env[STORE_VARIABLES.cacheBytes] = String(cacheBytes);
}

function storeElsewhere(): CausewayError {
  return new CausewayError("bad-usage", "Cannot give Workers another asset store when they are started", {
    remedy: 'Set "causeway": {"assetStore": "…"} in package.json and build again.',
  });
}

async function buildFor(target: Target, line: CommandLine, output: Output): Promise<void> {
  const [{ buildProject }, { stopCompiler }] = await Promise.all([
    import("./build.ts"),
    import("../../build/stop-compiler.ts"),
  ]);
  await buildProject(line, output, [target]);
  await stopCompiler();
}

/** A directory of sites is told from a site by what is in it: no build, no project, but entries that are sites. */
async function holdsSitesOnly({ directory, options }: CommandLine): Promise<boolean> {
  if (options.flags.has("build") || options.texts.has("out") || findBuildIn(directory) !== undefined)
    return false;
  const { holdsSites } = await import("../find-sites.ts");
  return holdsSites(resolve(directory));
}

/** What somebody asks for on the command line and nobody would do is a mistake, not a wish to pass over. */
function refuseMasterOptions({ options }: CommandLine, runtime: string): void {
  // Without workers the process has a control socket of its own, for `purge`.
  const refused = MASTER_OPTIONS.filter((name) => name !== "control" || runtime !== "node");
  const given = refused.filter(
    (name) => options.texts.has(name) || options.lists.has(name) || options.flags.has(name),
  );
  const isWorkers = runtime !== "node" && Number(options.texts.get("workers") ?? "0") !== 0;
  const names = isWorkers ? ["workers", ...given] : given;
  if (names.length === 0) return;
  const where = runtime === "node" ? "without workers" : `on ${runtime}, which has no workers`;
  throw new CausewayError("bad-usage", `Cannot use --${names.join(", --")} ${where}`, {
    remedy:
      runtime === "node" ? "Leave out --workers 0." : "Leave it out, or serve on Node: it needs a master.",
  });
}

interface Address {
  host: string;
  port: number;
}

interface Served {
  url: URL;
  close(): Promise<void>;
}

async function serveHere(
  build: FoundBuild,
  env: Env,
  address: Address,
  { accessLog, controlPath }: ServerSettings,
): Promise<Served> {
  const [
    { startNodeServer },
    { loadRelease },
    { openProcessCache },
    { openOwnPurgeDoor },
    { migrationFolder },
    { createMigrationJournal },
  ] = await Promise.all([
    import("../../runtimes/node.ts"),
    import("../../runtimes/server/load-release.ts"),
    import("../../runtimes/server/open-process-cache.ts"),
    import("../../runtimes/server/own-purge-door.ts"),
    import("../../runtimes/server/migration-folder.ts"),
    import("../../runtimes/server/migration-journal.ts"),
  ]);
  const { site, outDir } = build;
  const log = createServerLog();
  await openProcessCache({ site, outDir, log });
  const migrations = createMigrationJournal(() => migrationFolder(outDir, controlPath), log);
  const release = await loadRelease(build);
  const server = await startNodeServer({ ...release, env, accessLog, migrations, ...address });
  const closeDoor = await openOwnPurgeDoor({ site, outDir, log, path: controlPath });
  surviveFaults(log);
  return {
    url: server.url,
    async close() {
      await Promise.all([server.close(), closeDoor()]);
    },
  };
}

/** A process that ends by itself ends the command, with its exit code. */
async function serveProcess(
  { outDir, root }: FoundBuild,
  env: Env,
  address: Address,
  { accessLog }: ServerSettings,
  runtime: ProcessRuntime,
): Promise<Served> {
  const [{ reservePort }, { startRuntimeProcess }] = await Promise.all([
    import("../../dev/find-port.ts"),
    import("../../dev/runtime-process.ts"),
  ]);
  const port = await reservePort(address.port, address.host);
  const { host } = address;
  const child = await startRuntimeProcess({ runtime, root, outDir, host, port, env, accessLog });
  child.exited.then((code) => process.exit(code));
  return { url: serverUrl(host, port), close: () => child.stop() };
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
  return {
    ...guardEnvironment(site),
    ...fromFiles,
    ...environmentFor({ ...site.vars, ...fromFiles }),
    ...bindings,
  };
}

function missingEnvFile(file: string): CausewayError {
  const path = isAbsolute(file) ? file : resolve(file);
  return new CausewayError("bad-usage", `Cannot read the variables in "${file}": there is no such file`, {
    remedy: `It was looked for at ${path}.`,
  });
}
