// The last phase: static files or the application, as the site's own rules decide.

import type { Application } from "../../contract/site.ts";
import { pathnameOf } from "../../http/pathname.ts";
import { createInvocationFilter } from "../../pages/invocation-rules.ts";
import { spellingsOf } from "../../pages/path-spellings.ts";
import { createWorkerFirstRule } from "../../pages/worker-first.ts";
import { type EdgeMiddleware, type EdgeServices, gatewayContextOf } from "../edge-context.ts";
import { recover } from "../recover.ts";

type Choice = "assets" | "application";

export function deliver(services: EdgeServices): EdgeMiddleware {
  const choose = createChooser(services);
  return async (context) => {
    const request = context.req.raw;
    if (choose(request) === "assets") return services.assets.fetch(request);
    const gateway = gatewayContextOf(context);
    try {
      return await services.application(request, context.env, gateway);
    } catch (error) {
      return recover(error, gateway, services.platform.log);
    }
  };
}

/** Compiles the rules that say which requests reach the application at all. */
function createChooser({ site, assets }: EdgeServices): (request: Request) => Choice {
  const { application } = site;
  if (application.kind === "none") return () => "assets";
  const invoked = invocationFilter(application);
  if (application.kind === "functions" || application.first.kind === "always") {
    return (request) => (invoked(pathnameOf(request.url)) ? "application" : "assets");
  }
  const { date, flags } = site.compatibility;
  const workerFirst = createWorkerFirstRule(application.first, date, flags);
  return (request) => {
    const choice = workerFirst(request, (fallbackCounts) => assets.answers(request, fallbackCounts));
    return choice === "worker" ? "application" : "assets";
  };
}

/**
 * `_routes.json`, asked for every spelling of the path: what the static files would read as a path that
 * reaches the application must not go past it.
 */
function invocationFilter(
  application: Exclude<Application, { kind: "none" }>,
): (pathname: string) => boolean {
  if (application.invocation === undefined) return () => true;
  const isInvoked = createInvocationFilter(application.invocation);
  return (pathname) => spellingsOf(pathname).some(isInvoked);
}
