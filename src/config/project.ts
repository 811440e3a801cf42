// A project as found on disk: directories and settings, resolved and checked, before anything is built.

import type { RoutingSection } from "../contract/routing.ts";
import type { HtmlHandling, NotFoundHandling } from "../contract/site.ts";

/** Which rules decide what answers first and how paths become files. */
export type Conventions = "pages" | "workers";

/**
 * Whether pages of a build name in `Link` what they load first; and whether Node says it in a 103 of its own before
 * functions run in front of a page.
 */
export type EarlyHints = boolean | "before-functions";

export interface Project {
  /** Absolute path of the project directory. */
  root: string;
  name: string;
  /** Absolute, or undefined where the project has none. */
  functionsDir: string | undefined;
  /** Absolute path of the static directory, or undefined. */
  assetsDir: string | undefined;
  /** The wrangler.toml / .json / .jsonc that was read, absolute. */
  configFile: string | undefined;
  /** The `[env.NAME]` that was applied. */
  environment?: string | undefined;
  /** `workers` only for a configuration with `[assets]` (or `main`) whose output is not our own build. */
  conventions: Conventions;
  /** Entry of a Worker beside assets (`main`), absolute; never our own `dist/workers.js`. */
  main: string | undefined;
  /** Name of the assets binding; `ASSETS` for Pages. */
  assetsBinding: string;
  htmlHandling: HtmlHandling;
  notFound: NotFoundHandling;
  runWorkerFirst: boolean | string[];
  /** Variables from the configuration, after `[env.NAME]`. May be any JSON value. */
  vars: Record<string, unknown>;
  /** `.dev.vars` (or `.env` without it): development only, never written into a build. */
  devVars: Record<string, string>;
  compatibilityDate: string | undefined;
  compatibilityFlags: string[];
  /** When the Worker's `scheduled` runs. */
  crons?: string[];
  /** Settings that new projects get; see docs/static-files.md. */
  navigationFallbackOnly: boolean;
  immutableFingerprints: boolean;
  earlyHints: EarlyHints;
  /** Address of the store that a started site reads its files from; see docs/static-files.md. */
  assetStore?: string;
  /** Upstreams and routes of causeway.config.ts. */
  routing?: RoutingSection;
}
