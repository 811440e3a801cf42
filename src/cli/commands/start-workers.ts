// `causeway start --workers N`: the application server. This process becomes its master.

import { resolve } from "node:path";
import type { Env } from "../../contract/handler.ts";
import { dropPrivileges } from "../../runtimes/app-server/drop-privileges.ts";
import { runAppServer } from "../../runtimes/app-server/run-app-server.ts";
import { createServerLog } from "../../runtimes/server/server-log.ts";
import type { FoundBuild } from "../find-build.ts";
import type { ServerSettings } from "../server-settings.ts";

/** Resolves with the URL when the site is served; the process then obeys signals and the control socket. */
export async function startWorkers(
  build: FoundBuild,
  env: Env,
  address: { host: string; port: number },
  settings: ServerSettings,
): Promise<URL> {
  const {
    supervisor,
    isolated,
    deadlines,
    backlog,
    accessLog,
    watch,
    user,
    maxHeapMb,
    socketPath,
    socketMode,
  } = settings;
  const master = await runAppServer({
    ...address,
    outDir: build.outDir,
    env,
    settings: supervisor,
    isolated,
    deadlines,
    backlog,
    accessLog,
    watch,
    log: createServerLog(),
    control: { path: settings.controlPath, port: settings.controlPort },
    pidFile: settings.pidFile,
    ...(socketPath === undefined ? {} : { socketPath: resolve(socketPath) }),
    ...(socketMode === undefined ? {} : { socketMode }),
    ...(user === undefined ? {} : { bound: () => dropPrivileges(user) }),
    ...(maxHeapMb === undefined ? {} : { maxHeapMb }),
  });
  return master.url;
}
