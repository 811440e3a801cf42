import { expect, it } from "vitest";
import { createMemoryStore } from "../../../src/assets/stores/memory-store.ts";
import type { CausewayConfig } from "../../../src/config/causeway-config.ts";
import { readCausewayConfig } from "../../../src/config/causeway-config-read.ts";
import type { Site } from "../../../src/contract/site.ts";
import { SILENT_LOG } from "../../../src/observe/line-log.ts";
import { composeSite } from "../../../src/runtimes/compose.ts";
import { SYSTEM_CLOCK } from "../../../src/runtimes/system-clock.ts";

const LINK = "</app.css>; rel=preload; as=style";

/** What is announced for two pages behind a middleware. */
function hintsOf(config: CausewayConfig): (string[] | undefined)[] {
  const page = { hash: "a".repeat(64), size: 1, type: "text/html", links: LINK };
  const site: Site = {
    format: 1,
    build: "test",
    name: "hints",
    application: {
      kind: "functions",
      routes: [
        {
          routePath: "/:path*",
          mountPath: "/",
          method: undefined,
          middleware: [],
          handlers: [{ file: "[[path]].ts", exportName: "onRequest" }],
        },
      ],
      invocation: undefined,
    },
    assets: {
      files: { "/page.html": page, "/staff/page.html": page },
      htmlHandling: "pages",
      notFound: "pages",
      headers: [],
      redirects: { exact: [], patterns: [] },
      navigationFallbackOnly: false,
      immutableFingerprints: false,
      hintsBeforeFunctions: true,
    },
    vars: {},
    routing: readCausewayConfig(config).section,
    compatibility: { date: undefined, flags: [] },
  };
  const bundle = { modules: { "[[path]].ts": { onRequest: () => new Response("page") } } };
  const platform = {
    runtime: "memory" as const,
    assets: createMemoryStore(new Map()),
    log: SILENT_LOG,
    clock: SYSTEM_CLOCK,
  };
  const { earlyHints } = composeSite({ site, bundle, platform });
  const headers = { "sec-fetch-mode": "navigate" };
  return ["/page", "/staff/page"].map((path) =>
    earlyHints?.({ url: `http://a${path}`, method: "GET", headers: new Headers(headers) } as Request),
  );
}

it("tells nothing of a page in front of which a guard stands", () => {
  const auth = { basic: { users: { ann: "secret" } } };
  expect(hintsOf({})).toEqual([[LINK], [LINK]]);
  expect(hintsOf({ routes: [{ path: "/staff/*", auth, function: true }] })).toEqual([[LINK], undefined]);
  expect(hintsOf({ auth })).toEqual([undefined, undefined]);
});
