// What sets Pages' answers and Workers' answers apart, headers above all? Pages docs, "Serving Pages";
// Workers docs, "Static assets: Headers".

import type { AssetSection } from "../contract/site.ts";
import { isFingerprinted } from "../pages/fingerprint.ts";
import type { FileDecision } from "./decision.ts";
import type { Asset } from "./represent.ts";

/** The headers of answers around those that a file's representation brings itself. */
export interface AnswerConventions {
  /** Whether a redirect by rule, if it is no 308, says in words where it leads. */
  explainsRedirects: boolean;
  /** Whether error pages carry ETag and Last-Modified. */
  validatesErrorPages: boolean;
  /** Defaults for a file's answer, whatever becomes of it: 200, 206, 304. */
  fileHeaders(request: Request, url: URL, asset: Asset, decision: FileDecision): Headers;
  /** Added to every answer before `_headers`. */
  addDefaults(headers: Headers): void;
  /** Has the last word, after `_headers`. */
  finish(response: Response): void;
}

const REVALIDATE = "public, max-age=0, must-revalidate";
const IMMUTABLE = "public, max-age=31536000, immutable";

/** Chooses by the way in which paths become files. */
export function createAnswerConventions(assets: AssetSection): AnswerConventions {
  return assets.htmlHandling === "pages" ? createPagesConventions(assets) : createWorkersConventions(assets);
}

function createPagesConventions(assets: AssetSection): AnswerConventions {
  return {
    explainsRedirects: true,
    validatesErrorPages: false,
    fileHeaders(request, url, asset, decision) {
      const headers = new Headers();
      if (decision.status === 404) return headers;
      setCacheControl(headers, request, asset, assets);
      if (isPreviewHost(url.hostname)) headers.set("x-robots-tag", "noindex");
      return headers;
    },
    addDefaults(headers) {
      headers.set("access-control-allow-origin", "*");
      headers.set("referrer-policy", "strict-origin-when-cross-origin");
      if (headers.has("content-type")) headers.set("x-content-type-options", "nosniff");
    },
    finish(response) {
      if (response.status === 404) response.headers.set("cache-control", "no-store");
    },
  };
}

function createWorkersConventions(assets: AssetSection): AnswerConventions {
  return {
    explainsRedirects: false,
    validatesErrorPages: true,
    fileHeaders(request, _url, asset) {
      const headers = new Headers();
      setCacheControl(headers, request, asset, assets);
      // Said here and not by the file, it stays on a 304.
      if (asset.file.type !== undefined) headers.set("content-type", asset.file.type);
      return headers;
    },
    addDefaults() {},
    finish() {},
  };
}

/** Nothing is said where the answer may be personal or a part. */
function setCacheControl(headers: Headers, request: Request, asset: Asset, assets: AssetSection): void {
  if (request.headers.has("authorization") || request.headers.has("range")) return;
  const isImmutable = assets.immutableFingerprints && isFingerprinted(asset.path);
  headers.set("cache-control", isImmutable ? IMMUTABLE : REVALIDATE);
}

/** Search engines must not list previews: hosts of pages.dev with a label in front of the project's. */
function isPreviewHost(hostname: string): boolean {
  return hostname.endsWith(".pages.dev") && hostname.split(".").length > 3;
}
