// One of many sites, as its directory and its settings describe it.

import type { Problem } from "../../contract/problem.ts";
import type { MasterOptions } from "../app-server/master.ts";

export { parseHostPattern } from "../../http/host-table.ts";

/** How the processes of a site are run. What differs here needs other processes. */
export interface SiteSetup
  extends Pick<
    MasterOptions,
    "outDir" | "env" | "settings" | "isolated" | "deadlines" | "backlog" | "accessLog" | "maxHeapMb"
  > {
  /** Environment of the processes, all of it. */
  processEnv: Readonly<Record<string, string>>;
  /** Reload when a new build lies in the output directory. */
  watch: boolean;
}

export interface SiteEntry {
  /** Of its entry in the directory of sites. */
  name: string;
  /** Names and patterns in the form of `parseHostPattern`. */
  hosts: readonly string[];
  /** Answers for hosts that no site has. */
  isDefault: boolean;
  /** Changes when the settings are written or touched: the site is reloaded. */
  version: string;
  setup: SiteSetup;
}

/** What a directory of sites holds now. */
export interface SitesScan {
  entries: SiteEntry[];
  /** Entries with mistakes: they are not started, and go on as before if they run. */
  broken: { name: string; problems: Problem[] }[];
}
