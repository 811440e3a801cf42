// The env that functions see: the site's variables, secrets over them, and the strings that Pages adds.

import type { Env } from "../contract/handler.ts";
import type { Site } from "../contract/site.ts";

/** What a Pages project may read about its own deployment (Pages docs, "Environment variables"). */
const PAGES_DEFAULTS = {
  CF_PAGES: "1",
  CF_PAGES_BRANCH: "main",
  CF_PAGES_COMMIT_SHA: "0000000000000000000000000000000000000000",
} as const;

/** Merges in rising order of precedence: what Pages adds, the configuration, secrets. */
export function createApplicationEnv(site: Site, secrets: Env, url: string): Env {
  const own = { ...site.vars, ...secrets };
  if (site.assets.htmlHandling !== "pages") return own;
  return { ...PAGES_DEFAULTS, CF_PAGES_URL: url, ...own };
}
