#!/usr/bin/env node
// The `causeway` command: checks the Node version before anything that needs it is loaded. This file alone must
// run on every Node since 16: no newer syntax, no static imports.

const NEEDED = [22, 18];
const found = process.versions.node;
const [major = 0, minor = 0] = found.split(".").map(Number);

if (major > NEEDED[0]! || (major === NEEDED[0] && minor >= NEEDED[1]!)) {
  const { enableCompileCache } = await import("node:module");
  // What V8 made of the modules serves the next run: a tenth of the time of a build.
  enableCompileCache();
  const { runCli } = await import("./main.ts");
  await runCli(process.argv.slice(2));
} else {
  console.error(`error: Cannot run on Node ${found}: causeway needs Node ${NEEDED.join(".")} or newer`);
  console.error(
    "  Install it from https://nodejs.org, or beside causeway in your project: npm install --save-dev node@24",
  );
  console.error(
    "  and then run its commands as scripts of package.json, or put node_modules/.bin first in PATH.",
  );
  process.exitCode = 1;
}
