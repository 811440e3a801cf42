// A Causeway server in this process that does nothing but what a configuration says.

import { createMemoryStore } from "../../../src/assets/stores/memory-store.ts";
import type { CausewayConfig } from "../../../src/config/causeway-config.ts";
import { readCausewayConfig } from "../../../src/config/causeway-config-read.ts";
import type { Site } from "../../../src/contract/site.ts";
import { type RunningServer, startNodeServer } from "../../../src/runtimes/node.ts";

/** Starts a site with these upstreams and routes on a free port. */
export async function startProxy(config: CausewayConfig): Promise<RunningServer> {
  const { section, mistakes } = readCausewayConfig(config);
  if (mistakes.length > 0) throw new Error(mistakes.map(({ message }) => message).join("\n"));
  const site: Site = {
    format: 1,
    build: "test",
    name: "proxy",
    application: { kind: "none" },
    assets: {
      files: {},
      htmlHandling: "pages",
      notFound: "pages",
      headers: [],
      redirects: { exact: [], patterns: [] },
      navigationFallbackOnly: false,
      immutableFingerprints: false,
    },
    vars: {},
    routing: section,
    compatibility: { date: undefined, flags: [] },
  };
  const log = { access() {}, error() {}, warn() {} };
  return startNodeServer({
    site,
    bundle: { modules: {} },
    store: createMemoryStore(new Map()),
    host: "127.0.0.1",
    port: 0,
    log,
  });
}

/** A configuration that sends everything to some servers. */
export function everythingTo(...servers: string[]): CausewayConfig {
  return { upstreams: { app: { servers } }, routes: [{ path: "/*", upstream: "app" }] };
}
