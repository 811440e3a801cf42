// `causeway dev`: serves a project and follows its files.

import { loadProject } from "../../config/load-project.ts";
import { type DevServer, startNodeDevServer, startProcessDevServer } from "../../dev/dev-server.ts";
import { type DevOutcome, startDevSession } from "../../dev/dev-session.ts";
import { startOnFreePort } from "../../dev/find-port.ts";
import type { ProcessRuntime } from "../../dev/runtime-process.ts";
import type { DevBuild, DevTarget } from "../../dev/workshop.ts";
import { STORE_VARIABLES } from "../../runtimes/server/open-asset-store.ts";
import { stopOnSignal } from "../../runtimes/server/run-build.ts";
import type { Output } from "../output.ts";
import type { CommandLine } from "../parse-arguments.ts";
import { projectOptions, readAddress } from "../site-options.ts";

/** Serves until a signal ends it. */
export async function runDev(line: CommandLine, output: Output): Promise<void> {
  // Development serves what was just built, whatever this shell is set up to start.
  process.env[STORE_VARIABLES.store] = "";
  const runtime = line.options.texts.get("runtime") ?? "node";
  const address = { ...readAddress(line), accessLog: !output.quiet && !output.json };
  const options = projectOptions(line);
  const session = await startDevSession({
    target: runtime === "workerd" ? "workers" : (runtime as DevTarget),
    strict: output.strict,
    allowedHosts: [address.host, ...(line.options.lists.get("allowed-host") ?? [])].map((name) =>
      name.toLowerCase(),
    ),
    loadProject: () => loadProject(options),
    startServer: (build) =>
      startOnFreePort(address.port, (port) => startServer(runtime, build, { ...address, port })),
    onBuild: createReporter(output),
  });
  const url = session.url.href.replace(/\/$/, "");
  if (address.port !== 0 && Number(session.url.port) !== address.port) {
    output.note(`Port ${address.port} is in use; the next free one is ${session.url.port}.`);
  }
  output.result(`Serving on ${url}`, { event: "ready", url, runtime });
  stopOnSignal(session);
}

/** Tells what each build brought; warnings only when they are new. */
function createReporter(output: Output): (outcome: DevOutcome) => void {
  let known = "";
  return ({ problems, served, durationMs, isFirst }) => {
    const found = JSON.stringify(problems.map(({ code, file, message }) => [code, file, message]));
    if (!served || found !== known) output.report(problems);
    known = found;
    const duration = Math.round(durationMs);
    if (!served) output.note("The last good build goes on being served.", { event: "failed" });
    else if (!isFirst) output.note(`Rebuilt in ${duration} ms`, { event: "rebuilt", durationMs: duration });
  };
}

function startServer(
  runtime: string,
  build: DevBuild,
  options: Parameters<typeof startNodeDevServer>[1],
): Promise<DevServer> {
  if (runtime === "node") return startNodeDevServer(build, options);
  return startProcessDevServer(runtime as ProcessRuntime, build, options);
}
