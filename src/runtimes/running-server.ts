// What a started server offers its owner, the same on Node, Bun and Deno.

import type { FunctionBundle } from "../contract/bundle.ts";
import type { Env, Handler } from "../contract/handler.ts";
import type { LimitCounters } from "../contract/limit-counters.ts";
import type { RequestLimits } from "../contract/limits.ts";
import type { MigrationLedger } from "../contract/migration.ts";
import type { AssetStore, LogSink } from "../contract/platform.ts";
import type { Site } from "../contract/site.ts";
import type { EdgeMiddleware } from "../edge/edge-context.ts";
import type { AssetFetch } from "../gateway/assets-binding.ts";

/** A build that can be served: replaced as one when a new one is ready. */
export interface Release {
  site: Site;
  bundle: FunctionBundle;
  store: AssetStore;
  /** Variables and secrets for the application, beside what the site brings. */
  env?: Env;
}

export interface ServerOptions extends Release {
  host: string;
  /** 0 lets the system choose. */
  port: number;
  log?: LogSink;
  accessLog?: boolean;
  limits?: Partial<RequestLimits>;
  /** Counts that this process shares with others. */
  limitCounters?: LimitCounters;
  middleware?: readonly EdgeMiddleware[];
  /** Answers in place of the bundle's functions, which run elsewhere. */
  application?: (fetchAsset: AssetFetch) => Handler;
  /** Where shadow runs and cutovers are counted; the log if absent. */
  migrations?: MigrationLedger;
  /** Report breaches of the gateway contract; for development. */
  validate?: boolean;
}

export interface RunningServer {
  /** Where the server listens, with the port that the system chose. */
  url: URL;
  /** Serves the next release from now on; requests under way finish on the old one. */
  swap(next: Release): void;
  /** Stops listening, lets open requests and waitUntil work finish for `graceMs`, then breaks off. */
  close(graceMs?: number): Promise<void>;
}
