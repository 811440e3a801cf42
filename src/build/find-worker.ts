// Is the application one Worker instead of function files? `_worker.js` in the output directory (Pages
// docs, "Advanced mode") or `main` beside static assets (Workers docs, "Static Assets").

import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { Project } from "../config/project.ts";
import { listFunctionFiles } from "./function-files.ts";

/** A Worker as its author wrote it. */
export interface WorkerSource {
  /** Absolute path of the entry module. */
  entry: string;
  /** A `_worker.js` directory: its modules stay apart, so that computed imports find them. */
  directory: string | undefined;
  /** Modules of the directory, below it. Without one, empty. */
  modules: string[];
}

/** The name that means a Worker at the top of a Pages project's static directory. */
export const PAGES_WORKER = "_worker.js";

/** The project's Worker; undefined for function files and plain static sites. */
export async function findWorker(project: Project): Promise<WorkerSource | undefined> {
  const { conventions, main, assetsDir } = project;
  if (main !== undefined) return { entry: main, directory: undefined, modules: [] };
  if (conventions !== "pages" || assetsDir === undefined) return undefined;
  const path = join(assetsDir, PAGES_WORKER);
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile()) return { entry: path, directory: undefined, modules: [] };
  if (!found?.isDirectory()) return undefined;
  const modules = listFunctionFiles(path).filter((file) => /\.m?js$/.test(file));
  return { entry: join(path, "index.js"), directory: path, modules };
}
