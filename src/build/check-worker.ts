// Is a Worker's module one that can answer? Found without running it.

import { stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Project } from "../config/project.ts";
import type { Problem } from "../contract/problem.ts";
import { toProjectPath } from "./bundler-problem.ts";
import { PAGES_WORKER, type WorkerSource } from "./find-worker.ts";
import { parseExports } from "./parse-exports.ts";

/** Problems of a Worker's modules: missing, not parsable, or an entry without a default export. */
export async function checkWorker(root: string, worker: WorkerSource): Promise<Problem[]> {
  const file = toProjectPath(worker.entry, root);
  if (!(await isFile(worker.entry))) return [missingEntry(file)];
  const [directory, files] =
    worker.directory === undefined
      ? [dirname(worker.entry), [basename(worker.entry)]]
      : [worker.directory, worker.modules];
  const { exports, problems } = await parseExports(root, directory, files);
  const names = exports.get(worker.directory === undefined ? basename(worker.entry) : "index.js");
  return names === undefined || names.includes("default") ? problems : [...problems, missingDefault(file)];
}

/** A Pages Worker that lies where Workers' rules apply: they would make a public file of it. */
export async function checkStrayWorker({ root, conventions, assetsDir }: Project): Promise<Problem[]> {
  if (conventions !== "workers" || assetsDir === undefined) return [];
  const path = join(assetsDir, PAGES_WORKER);
  const isThere = await stat(path).then(
    () => true,
    () => false,
  );
  if (!isThere) return [];
  return [
    {
      severity: "warning",
      code: "worker-among-assets",
      message:
        "With Workers' rules _worker.js is a static file like any other, and wrangler refuses to upload it",
      file: toProjectPath(path, root),
      remedy: "Name it as main in the wrangler configuration and move it out of the static directory.",
    },
  ];
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}

function missingEntry(file: string): Problem {
  return {
    severity: "error",
    code: "worker-missing",
    message: `Cannot find the Worker "${file}"`,
    file,
    remedy: "Create it: its default export is an object with fetch(request, env, ctx).",
  };
}

function missingDefault(file: string): Problem {
  return {
    severity: "error",
    code: "worker-default-missing",
    message: "The Worker has no default export",
    file,
    line: 1,
    remedy: "Export an object with fetch: export default { async fetch(request, env, ctx) { … } }",
  };
}
