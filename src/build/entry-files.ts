// The programs of a build: one file per target that imports what lies beside it and runs.

import { type BuildFile, textFile } from "./build-file.ts";
import type { BundleAtPath, TargetBundles } from "./bundle-targets.ts";
import type { BuildMode } from "./bundler-options.ts";
import { loadHtmlEngine, loadRuntimeModule, runtimePath } from "./runtime-modules.ts";
import { flavourOf, type Target } from "./target.ts";

/** The function of a runtime module that serves a build. */
const RUNNERS: Record<Exclude<Target, "workers">, { run: string; command: string }> = {
  node: { run: "runNode", command: "node node.js" },
  bun: { run: "runBun", command: "bun bun.js" },
  deno: { run: "runDeno", command: "deno run -A deno.js" },
};

/** Without it Node would take the modules for CommonJS. */
const PACKAGE_FILE = textFile("package.json", `${JSON.stringify({ type: "module", private: true })}\n`);

/** All code of a build: the bundles, an entry for each target, and what the entries import. */
export async function programFiles(
  { bundles, targets }: TargetBundles,
  mode: BuildMode,
): Promise<BuildFile[]> {
  const code = [...bundles.values()].flatMap(({ bundle }) => bundle.files);
  // In development Node serves from the process that builds.
  const programs = mode === "development" ? targets.filter((target) => target !== "node") : targets;
  const runtimes = await Promise.all(programs.map(loadRuntimeModule));
  const engine = needsHtmlEngine(programs, code) ? await loadHtmlEngine() : [];
  const entries = programs.map((target) => createEntry(target, bundles.get(flavourOf(target))));
  const files = [PACKAGE_FILE, ...code, ...runtimes, ...engine, ...entries];
  return [...new Map(files.map((file) => [file.path, file])).values()];
}

/** The engine is large: it comes along only where code speaks of it and the runtime has none of its own. */
function needsHtmlEngine(targets: readonly Target[], code: readonly BuildFile[]): boolean {
  return (
    targets.some((target) => target === "node" || target === "deno") &&
    code.some(({ contents }) => Buffer.from(contents).includes("HTMLRewriter"))
  );
}

/** The entry of a target; `bundle` is undefined for a site without functions. */
function createEntry(target: Target, bundle: BundleAtPath | undefined): BuildFile {
  return textFile(`${target}.js`, target === "workers" ? workersEntry(bundle) : serverEntry(target, bundle));
}

function serverEntry(target: Exclude<Target, "workers">, bundle: BundleAtPath | undefined): string {
  const { run, command } = RUNNERS[target];
  return `// Serves the site: ${command} [--port PORT] [--host HOST]
import { ${run} } from "${runtimePath(target)}";

await ${run}({
  site: new URL("./site.json", import.meta.url),
  bundle: async () => ${bundle === undefined ? "({ modules: {} })" : `import("./${bundle.path}")`},
  assets: new URL("./assets/", import.meta.url),
});
`;
}

function workersEntry(bundle: BundleAtPath | undefined): string {
  const bundleImport =
    bundle === undefined ? "const bundle = { modules: {} };" : `import * as bundle from "./${bundle.path}";`;
  return `// The site as a Worker: wrangler dev, wrangler deploy
import { createWorker } from "${runtimePath("workers")}";
import site from "./site.json" with { type: "json" };
${bundleImport}

export default createWorker({ site, bundle });
`;
}
