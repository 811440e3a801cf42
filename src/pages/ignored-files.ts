// Which files of the static directory are never served, whatever else is configured?
// Pages docs, "Serving Pages" and "Limits"; Workers docs, `.assetsignore`. Both would serve dotfiles: an
// `.env` or a `.git` that was left in the directory is a leak, so only `.well-known` (RFC 8615) is let out.

/** Whose rules decide: a Worker's `functions` directory is a directory like any other. */
export type AssetConventions = "pages" | "workers";

/** Names that mean something else at the top of the directory. */
const TOP_LEVEL: Readonly<Record<AssetConventions, ReadonlySet<string>>> = {
  pages: new Set(["_worker.js", "_redirects", "_headers", "_routes.json", "functions"]),
  workers: new Set(["_worker.js", "_redirects", "_headers"]),
};

const VISIBLE_DOT_DIRECTORY = ".well-known";
const PACKAGES = "node_modules";

/** Whether a file or directory, by its path in the static directory, is never an asset. */
export function isIgnoredAsset(path: string, conventions: AssetConventions): boolean {
  const segments = path.split("/").filter((segment) => segment !== "");
  return TOP_LEVEL[conventions].has(segments[0] ?? "") || segments.some(isIgnoredAnywhere);
}

function isIgnoredAnywhere(segment: string): boolean {
  return segment === PACKAGES || (segment.startsWith(".") && segment !== VISIBLE_DOT_DIRECTORY);
}
