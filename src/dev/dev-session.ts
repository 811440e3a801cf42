// One `causeway dev`: build, serve, and build again whenever a file changes. A build that fails, or that
// throws while it is loaded, leaves the last good one running.

import { CausewayError, ERROR_CODES } from "../contract/errors.ts";
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
  /** Called after every build that changed what is served or what there is to say, or that failed. */
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
    const rebuild = createRebuild(options, workshop.attempt, server, { ...first, build: first.build });
    const onChange = runSerially(async () => {
      await rebuild();
      watcher.follow(workshop.sources());
    });
    const watcher = await watchProject(workshop.sources(), onChange);
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
  first: Attempt & { build: DevBuild },
): () => Promise<void> {
  let active = first.build;
  let failing = false;
  let lastTold = JSON.stringify(first.problems);
  return async () => {
    const startedMs = performance.now();
    const { build, problems } = await tryBuild(attempt);
    const changed = build !== undefined && build.identity !== active.identity;
    // What is served may be the same, and yet there is something new to say about the sources.
    const told = JSON.stringify(problems);
    if (!changed && build !== undefined && !failing && told === lastTold) return;
    lastTold = told;
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

/** A file may vanish between being listed and being read; the change that this is brings the next build. */
async function tryBuild(attempt: () => Promise<Attempt>): Promise<Attempt> {
  try {
    return await attempt();
  } catch (error) {
    return { build: undefined, problems: [toProblem(error)] };
  }
}

/** What kept the server from taking the build over. */
async function tryUpdate(server: DevServer, build: DevBuild): Promise<Problem | undefined> {
  try {
    await server.update(build);
    return undefined;
  } catch (error) {
    return toProblem(error);
  }
}

function toProblem(error: unknown): Problem {
  if (!(error instanceof CausewayError)) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { severity: "error", code: "internal", message: `${ERROR_CODES.internal.title}: ${text}` };
  }
  const remedy = error.remedy === undefined ? {} : { remedy: error.remedy };
  return { severity: "error", code: error.code, message: error.message, ...remedy };
}
