// One `causeway dev`: build, serve, and build again whenever a file changes. A build that fails, or that
// throws while it is loaded, leaves the last good one running.

import { CausewayError } from "../contract/errors.ts";
import type { Problem } from "../contract/problem.ts";
import type { DevServer } from "./dev-server.ts";
import { runSerially } from "./run-serially.ts";
import { watchProject } from "./watch-project.ts";
import { type Attempt, createWorkshop, type DevBuild, type WorkshopOptions } from "./workshop.ts";

/** How one round of building went. */
export interface DevOutcome {
  problems: Problem[];
  /** False where the last good build goes on. */
  served: boolean;
  isFirst: boolean;
  durationMs: number;
}

export interface DevSessionOptions extends WorkshopOptions {
  startServer(build: DevBuild): Promise<DevServer>;
  /** Called after every build that changed what is served, or that failed. */
  onBuild(outcome: DevOutcome): void;
}

export interface DevSession {
  url: URL;
  close(): Promise<void>;
}

/** Starts a session; throws `invalid-project` with all problems if the first build fails. */
export async function startDevSession(options: DevSessionOptions): Promise<DevSession> {
  const workshop = createWorkshop(options);
  try {
    const first = await workshop.attempt();
    if (first.build === undefined)
      throw new CausewayError("invalid-project", "", { problems: first.problems });
    const server = await options.startServer(first.build);
    options.onBuild({ problems: first.problems, served: true, isFirst: true, durationMs: 0 });
    const rebuild = runSerially(createRebuild(options, workshop.attempt, server, first.build));
    const watcher = await watchProject(workshop.sources(), rebuild);
    return {
      url: server.url,
      async close() {
        await Promise.all([watcher.close(), server.close(), workshop.close()]);
      },
    };
  } catch (error) {
    await workshop.close();
    throw error;
  }
}

function createRebuild(
  { onBuild }: DevSessionOptions,
  attempt: () => Promise<Attempt>,
  server: DevServer,
  first: DevBuild,
): () => Promise<void> {
  let active = first;
  let failing = false;
  return async () => {
    const startedMs = performance.now();
    const { build, problems } = await attempt();
    const changed = build !== undefined && build.identity !== active.identity;
    if (!changed && build !== undefined && !failing) return;
    const failure = changed ? await tryUpdate(server, build) : undefined;
    const served = build !== undefined && failure === undefined;
    if (served) active = build;
    failing = !served;
    onBuild({
      problems: failure === undefined ? problems : [failure, ...problems],
      served,
      isFirst: false,
      durationMs: performance.now() - startedMs,
    });
  };
}

/** What kept the server from taking the build over. */
async function tryUpdate(server: DevServer, build: DevBuild): Promise<Problem | undefined> {
  try {
    await server.update(build);
    return undefined;
  } catch (error) {
    if (!(error instanceof CausewayError)) throw error;
    const remedy = error.remedy === undefined ? {} : { remedy: error.remedy };
    return { severity: "error", code: error.code, message: error.message, ...remedy };
  }
}
