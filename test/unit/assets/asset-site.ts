// A static site in memory, for tests of the asset server.

import { createHash } from "node:crypto";
import { type AssetServer, createAssetServer } from "../../../src/assets/serve-assets.ts";
import { createMemoryStore } from "../../../src/assets/stores/memory-store.ts";
import type { AssetFile, AssetSection } from "../../../src/contract/site.ts";
import { mediaTypeOf } from "../../../src/http/media-type.ts";
import { parseHeaderRules } from "../../../src/pages/header-rules.ts";
import { parseRedirectRules } from "../../../src/pages/redirect-rules.ts";

export interface AssetSiteOptions extends Partial<Omit<AssetSection, "files" | "headers" | "redirects">> {
  /** Path → text. */
  files: Record<string, string>;
  /** Text of `_headers`. */
  headers?: string;
  /** Text of `_redirects`. */
  redirects?: string;
  isFunctionPath?: (pathname: string) => boolean;
}

/** Builds the server; by default with Pages' rules. */
export function createAssetSite(options: AssetSiteOptions): AssetServer {
  const { files, headers = "", redirects = "", isFunctionPath, ...settings } = options;
  const htmlHandling = settings.htmlHandling ?? "pages";
  const blobs = new Map<string, Uint8Array>();
  const listed: [string, AssetFile][] = Object.entries(files).map(([path, text]) => {
    const bytes = new TextEncoder().encode(text);
    const hash = createHash("sha256").update(bytes).digest("hex");
    blobs.set(hash, bytes);
    const type = mediaTypeOf(path, htmlHandling === "pages" ? "pages" : "workers");
    return [path, { hash, size: bytes.length, type }];
  });
  const section: AssetSection = {
    htmlHandling,
    notFound: htmlHandling === "pages" ? "pages" : "none",
    navigationFallbackOnly: false,
    immutableFingerprints: false,
    ...settings,
    files: Object.fromEntries(listed),
    headers: parseHeaderRules(headers, "_headers").rules,
    redirects: parseRedirectRules(redirects, "_redirects", htmlHandling).rules,
  };
  return createAssetServer(section, createMemoryStore(blobs), isFunctionPath && { isFunctionPath });
}

/** What a client sees: status, headers without the length, body. */
export async function ask(
  site: AssetServer,
  target: string,
  init: RequestInit = {},
): Promise<{ status: number; headers: Record<string, string>; body: string }> {
  const url = target.startsWith("/") ? `https://site.test${target}` : target;
  const response = await site.fetch(new Request(url, init));
  const headers = Object.fromEntries(response.headers);
  delete headers["content-length"];
  return { status: response.status, headers, body: await response.text() };
}
