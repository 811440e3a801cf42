// The last phase: static files or the application, as the site's own rules decide.

import type { Handler } from "../../contract/handler.ts";
import { afterResponse, orRecover } from "../../contract/pending-response.ts";
import type { Application } from "../../contract/site.ts";
import { pathnameOf } from "../../http/pathname.ts";
import { createInvocationFilter } from "../../pages/invocation-rules.ts";
import { spellingsOf } from "../../pages/path-spellings.ts";
import { createWorkerFirstRule } from "../../pages/worker-first.ts";
import type { EdgeServices } from "../edge-context.ts";
import { recover } from "../recover.ts";

/** `missing`: another spelling of the path belongs to the application, so no file may answer. */
type Choice = "assets" | "application" | "missing";

export function deliver(services: EdgeServices): Handler {
  const { assets, application, compress, platform } = services;
  const choose = createChooser(services);
  const answer: Handler = (request, env, context) => {
    const choice = choose(request);
    if (context.trail !== undefined && choice !== "application") context.trail.route = "static";
    if (choice === "assets") return assets.fetch(request);
    if (choice === "missing") return assets.fetchMissing(request);
    const pending = application(request, env, context);
    return compress ? afterResponse(pending, (response) => compress(request, response)) : pending;
  };
  return (request, env, context) =>
    orRecover(
      () => answer(request, env, context),
      (error) => recover(error, context, platform.log),
    );
}

/** Compiles a test for paths whose files, where there are any, are answered without the application. */
export function createStaticFilter(services: EdgeServices): (pathname: string) => boolean {
  // The question is only put for paths that the static files answer.
  const choose = createChooser({ ...services, assets: { ...services.assets, answers: () => true } });
  const claims = services.claims ?? (() => true);
  return (pathname) => {
    const choice = choose(new Request(`http://localhost${pathname}`));
    return choice === "assets" || (choice === "application" && !claims(pathname));
  };
}

/** Compiles the rules that say which requests reach the application at all. */
function createChooser({ site, assets }: EdgeServices): (request: Request) => Choice {
  const { application } = site;
  if (application.kind === "none") return () => "assets";
  if (application.kind === "functions" || application.first.kind === "always") {
    const chooseByPath = createInvocationChooser(application);
    return (request) => chooseByPath(pathnameOf(request.url));
  }
  const { date, flags } = site.compatibility;
  const workerFirst = createWorkerFirstRule(application.first, date, flags);
  return (request) => {
    const choice = workerFirst(request, (fallbackCounts) => assets.answers(request, fallbackCounts));
    return choice === "worker" ? "application" : "assets";
  };
}

/**
 * `_routes.json` compares paths as they stand (Pages docs). What the static files would read as a path of
 * the application must still not go past it: they do not answer such a spelling.
 */
function createInvocationChooser(
  application: Exclude<Application, { kind: "none" }>,
): (pathname: string) => Choice {
  if (application.invocation === undefined) return () => "application";
  const isInvoked = createInvocationFilter(application.invocation);
  return (pathname) => {
    if (isInvoked(pathname)) return "application";
    return spellingsOf(pathname).some(isInvoked) ? "missing" : "assets";
  };
}
