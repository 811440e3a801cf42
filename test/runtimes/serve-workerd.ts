// Serves the Workers build in a dist/ directory with workerd, under miniflare; prints its URL.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Miniflare } from "miniflare";

const dist = process.argv[2] as string;
const site = JSON.parse(readFileSync(join(dist, "site.json"), "utf8"));

/** The entry, and what it imports beside it: the functions and WebAssembly modules. */
function listModules() {
  const names = readdirSync(dist, { recursive: true }).map(String);
  const modules = names.filter(
    (name) => name !== "workers.js" && /\.wasm$|^functions\.workers?\.js$|^functions\.js$/.test(name),
  );
  return ["workers.js", ...modules].map((name) => ({
    type: name.endsWith(".wasm") ? ("CompiledWasm" as const) : ("ESModule" as const),
    path: join(dist, name),
  }));
}

const miniflare = new Miniflare({
  host: "127.0.0.1",
  port: 0,
  modules: listModules(),
  modulesRoot: dist,
  compatibilityDate: site.compatibility.date ?? "2025-09-01",
  compatibilityFlags: site.compatibility.flags,
  assets: {
    directory: join(dist, "assets"),
    binding: "ASSETS",
    routerConfig: { has_user_worker: true, invoke_user_worker_ahead_of_assets: true },
    assetConfig: { html_handling: "none", not_found_handling: "none" },
  },
});

const url = await miniflare.ready;
process.stdout.write(`workerd serves ${url.origin}\n`);
process.on("SIGTERM", async () => {
  await miniflare.dispose();
  process.exit(0);
});
