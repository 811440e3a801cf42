// What does a project begin with? One page, one route with a parameter, and the settings that new projects get.

/** What the files are made from. */
export interface NewProject {
  /** Lower case letters, digits and hyphens, as wrangler wants it. */
  name: string;
  /** What npm is told to install as `causeway`. */
  version: string;
}

/** Newest date that the workerd of our tests knows. */
const COMPATIBILITY_DATE = "2026-11-17";

/** What a project without a history does better than Pages; docs/configuration.md. */
export const NEW_PROJECT_SETTINGS = { navigationFallbackOnly: true, immutableFingerprints: true } as const;

export const NEW_PROJECT_SCRIPTS = {
  dev: "causeway dev",
  build: "causeway build",
  start: "causeway start --build",
  deploy: "causeway deploy",
} as const;

/** The files by path, in the order in which one would look at them. */
export function newProjectFiles({ name, version }: NewProject): Record<string, string> {
  return {
    "functions/hello/[name].ts": FUNCTION,
    "public/index.html": formatPage(name, INDEX),
    "public/404.html": formatPage("Not found", NOT_FOUND),
    "wrangler.toml": `name = "${name}"\npages_build_output_dir = "public"\ncompatibility_date = "${COMPATIBILITY_DATE}"\n`,
    "package.json": formatManifest(name, version),
    "tsconfig.json": `${JSON.stringify({ compilerOptions: COMPILER_OPTIONS, include: ["functions"] }, undefined, 2)}\n`,
    ".gitignore": "node_modules/\ndist/\n.dist.running-*/\n.causeway/\n.dev.vars*\n.env*\n",
  };
}

const FUNCTION = `import type { PagesFunction } from "causeway";

// The path of this file is the path of the route: GET /hello/Ada
export const onRequestGet: PagesFunction = ({ params }) => Response.json({ hello: params.name });
`;

const INDEX = `    <h1>It works</h1>
    <p>This page is <code>public/index.html</code>.</p>
    <p><a href="/hello/Ada">/hello/Ada</a> is answered by <code>functions/hello/[name].ts</code>.</p>`;

const NOT_FOUND = `    <h1>Not found</h1>
    <p>There is neither a file nor a function here. <a href="/">Back to the start</a></p>`;

function formatPage(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${title}</title>
  </head>
  <body>
${body}
  </body>
</html>
`;
}

const COMPILER_OPTIONS = {
  target: "ES2023",
  lib: ["ES2023", "DOM", "DOM.Iterable"],
  module: "ESNext",
  moduleResolution: "Bundler",
  types: [],
  strict: true,
  skipLibCheck: true,
  noEmit: true,
};

function formatManifest(name: string, version: string): string {
  const manifest = {
    name,
    private: true,
    type: "module",
    scripts: NEW_PROJECT_SCRIPTS,
    devDependencies: { causeway: version },
    causeway: NEW_PROJECT_SETTINGS,
  };
  return `${JSON.stringify(manifest, undefined, 2)}\n`;
}
