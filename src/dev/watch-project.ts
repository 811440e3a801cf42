// Tells when files of a project change: also files, directories and configuration that did not exist before.

import { basename, join } from "node:path";

/** Directories whose changes are never a site's. */
const IGNORED_NAMES = new Set(["node_modules", ".git", ".causeway", ".wrangler", ".DS_Store"]);
/** Editors save in several steps; what comes within this time is one change. */
const QUIET_MS = 12;

export interface ProjectWatcher {
  /** Watches these too, where it does not already. */
  follow(paths: readonly string[]): void;
  close(): Promise<void>;
}

/**
 * Watches directories and files and calls `onChange` after each burst of changes, and once when watching has begun, since
 * what changed while it was being set up would otherwise be lost.
 */
export async function watchProject(paths: readonly string[], onChange: () => void): Promise<ProjectWatcher> {
  const { watch } = await import("chokidar");
  const isIgnored = (path: string) => IGNORED_NAMES.has(basename(path));
  const watcher = watch([...paths], { ignoreInitial: true, ignored: isIgnored });
  let timer: NodeJS.Timeout | undefined;
  const schedule = () => {
    clearTimeout(timer);
    timer = setTimeout(onChange, QUIET_MS);
  };
  watcher.on("all", schedule);
  // Raw events come up to 100 ms earlier: chokidar holds a removal back in case it is half of a rename.
  watcher.on("raw", (_event, name, details) => {
    const { watchedPath } = details as { watchedPath: string };
    if (!isIgnored(join(watchedPath, name ?? ""))) schedule();
  });
  watcher.once("ready", schedule);
  return {
    follow: (paths) => void watcher.add([...paths]),
    async close() {
      clearTimeout(timer);
      await watcher.close();
    },
  };
}
