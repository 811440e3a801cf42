// `npm run bench [name] [-- options]`: runs one bench, or lists them.

import { spawnSync } from "node:child_process";
import { join } from "node:path";
import process from "node:process";

const BENCHES: Record<string, [file: string, question: string]> = {
  static: ["static.ts", "static files: Causeway on each runtime, nginx, Caddy, Nitro, Hono, and the limits"],
  "app-server": [
    "app-server.ts",
    "one JSON route: the application server beside what it replaces, and the limits",
  ],
  proxy: ["proxy/run.ts", "a proxied request and a cached one, beside nginx and Caddy"],
  failures: ["proxy/failures.ts", "what clients see when servers behind the proxy fail, beside nginx"],
  routing: ["routing.ts", "a request with 1 to 10 000 routes, beside wrangler and Nitro"],
  "routing-table": ["routing-table.ts", "matching alone, without HTTP"],
  assets: ["assets.ts", "50 000 static files: listing, compressing, building, starting, memory"],
  "large-file": [
    "large-file.ts",
    "ranges of a 4 GB file at once, half of them aborted: memory and descriptors",
  ],
  build: ["build.ts", "a cold build of 1 000 functions, beside wrangler"],
};

const [name = "", ...options] = process.argv.slice(2);
const bench = Object.hasOwn(BENCHES, name) ? BENCHES[name] : undefined;
if (bench === undefined) {
  const lines = Object.entries(BENCHES).map(([key, [, question]]) => `  ${key.padEnd(14)} ${question}`);
  console.log(`Usage: npm run bench <name> [-- options]\n\n${lines.join("\n")}`);
  process.exitCode = name === "" ? 0 : 2;
} else {
  const { status } = spawnSync(process.execPath, [join(import.meta.dirname, bench[0]), ...options], {
    stdio: "inherit",
  });
  process.exitCode = status ?? 1;
}
