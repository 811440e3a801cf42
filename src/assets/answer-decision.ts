// From a decision to a response: the file or an empty body, default headers, then `_headers`.
// Rules of `_headers` see the path as the client sent it (Pages docs, "Headers").

import type { AssetStore } from "../contract/platform.ts";
import type { AssetFile, AssetSection } from "../contract/site.ts";
import { addVary } from "../http/vary.ts";
import { createHeaderRuleApplier } from "../pages/match-header-rule.ts";
import { createAnswerConventions } from "./answer-conventions.ts";
import type { AssetDecision, FileDecision, RedirectDecision } from "./decision.ts";
import { NAVIGATION_FIELDS } from "./navigation.ts";
import { representAsset } from "./represent.ts";

/** The file that the manifest lists under a decoded path. */
export type FileLookup = (path: string) => AssetFile | undefined;

/** Turns decisions into responses. */
export type Answerer = (request: Request, url: URL, decision: AssetDecision) => Promise<Response>;

/** Compiles the header rules once. */
export function createAnswerer(assets: AssetSection, fileAt: FileLookup, store: AssetStore): Answerer {
  const conventions = createAnswerConventions(assets);
  const applyRules = createHeaderRuleApplier(assets.headers);
  const answerFile = async (request: Request, url: URL, decision: FileDecision) => {
    const file = fileAt(decision.path);
    if (file === undefined) return createEmpty(404);
    const asset = { path: decision.path, file };
    const headers = conventions.fileHeaders(request, url, asset, decision);
    const validators = decision.status === 200 || conventions.validatesErrorPages;
    return representAsset(request, asset, store, { status: decision.status, headers, validators });
  };
  const answer = (request: Request, url: URL, decision: AssetDecision) => {
    if (decision.kind === "file") return answerFile(request, url, decision);
    if (decision.kind === "redirect") return createRedirect(request, decision, conventions.explainsRedirects);
    return decision.kind === "missing" ? createEmpty(404) : createEmpty(405, { allow: "GET, HEAD" });
  };
  return async (request, url, decision) => {
    const response = await answer(request, url, decision);
    if (response.status >= 500) return response;
    conventions.addDefaults(response.headers);
    if (assets.navigationFallbackOnly && isFallbackMatter(decision)) addNavigationVary(response.headers);
    keepEnvelope(response, () => applyRules(response.headers, url.hostname, url.pathname));
    conventions.finish(response);
    return response;
  };
}

function createEmpty(status: number, headers: Record<string, string> = {}): Response {
  return new Response(null, { status, headers: { ...headers, "content-length": "0" } });
}

/** The text is plain and the address percent-encoded, so nothing of a request can become markup. */
function createRedirect(request: Request, decision: RedirectDecision, explains: boolean): Response {
  const { status, location, byRule } = decision;
  if (!explains || !byRule || status === 308) return createEmpty(status, { location });
  const text = `Redirecting to ${location}`;
  const headers = {
    location,
    "content-type": "text/plain;charset=UTF-8",
    "content-length": String(text.length),
  };
  return new Response(request.method === "HEAD" ? null : text, { status, headers });
}

/** Whether another kind of request could have got another answer for the same address. */
function isFallbackMatter(decision: AssetDecision): boolean {
  return decision.kind === "missing" || (decision.kind === "file" && decision.isFallback);
}

function addNavigationVary(headers: Headers): void {
  for (const field of NAVIGATION_FIELDS) addVary(headers, field);
}

/** In an answer of several ranges the media type describes the envelope; no rule may replace it. */
function keepEnvelope(response: Response, applyRules: () => void): void {
  const type = response.headers.get("content-type");
  applyRules();
  if (response.status === 206 && type?.startsWith("multipart/byteranges"))
    response.headers.set("content-type", type);
}
