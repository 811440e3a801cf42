// What a development session serves with: this process on Node, a process of its own on other runtimes.

import { isDeepStrictEqual } from "node:util";
import { startNodeServer } from "../runtimes/node.ts";
import { loadRelease } from "../runtimes/server/load-release.ts";
import { migrationFolder } from "../runtimes/server/migration-folder.ts";
import { createMigrationJournal } from "../runtimes/server/migration-journal.ts";
import { createServerLog } from "../runtimes/server/server-log.ts";
import { serverUrl } from "../runtimes/server/server-url.ts";
import { surviveFaults } from "../runtimes/server/survive-faults.ts";
import { reservePort } from "./find-port.ts";
import { type ProcessRuntime, type RuntimeProcess, startRuntimeProcess } from "./runtime-process.ts";
import type { DevBuild } from "./workshop.ts";

export interface DevServer {
  url: URL;
  /** Serves this build from now on; throws `application-boot` and goes on with the old one if it cannot. */
  update(build: DevBuild): Promise<void>;
  close(): Promise<void>;
}

export interface DevServerOptions {
  host: string;
  port: number;
  accessLog: boolean;
}

/** Serves in this process: a new build is imported beside the old one and takes over between requests. */
export async function startNodeDevServer(build: DevBuild, options: DevServerOptions): Promise<DevServer> {
  const release = async ({ outDir, site, env }: DevBuild) => ({
    ...(await loadRelease({ outDir, site })),
    env,
  });
  const log = createServerLog("text");
  const migrations = createMigrationJournal(() => migrationFolder(build.outDir), log);
  const server = await startNodeServer({
    ...(await release(build)),
    ...options,
    log,
    migrations,
    validate: true,
  });
  surviveFaults(log);
  return {
    url: server.url,
    update: async (next) => server.swap(await release(next)),
    close: () => server.close(),
  };
}

/**
 * Serves in another runtime, which is started again for each build. wrangler follows the files of the build by
 * itself; only new variables need a new start there.
 */
export async function startProcessDevServer(
  runtime: ProcessRuntime,
  build: DevBuild,
  { host, port: wanted }: DevServerOptions,
): Promise<DevServer> {
  const port = await reservePort(wanted, host);
  const start = ({ root, outDir, env }: DevBuild): Promise<RuntimeProcess> =>
    startRuntimeProcess({ runtime, root, outDir, host, port, env });
  let running = await start(build);
  let active = build;
  return {
    url: serverUrl(host, port),
    async update(next) {
      const followed = runtime === "workerd" && isDeepStrictEqual(next.env, active.env);
      active = next;
      if (followed) return;
      await running.stop();
      running = await start(next);
    },
    close: () => running.stop(),
  };
}
