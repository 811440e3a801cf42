// Who may pass, how often, from where? Guards of the site and of its routes, before anything is looked up, read or
// run. A route's guards are found by the same matching as the route, so that no spelling of a path leads past them.

import type { GuardSettings, LimitSettings } from "../../contract/guards.ts";
import type { Handler } from "../../contract/handler.ts";
import type { RoutingSection } from "../../contract/routing.ts";
import { TrustedProxies } from "../../http/client-address.ts";
import type { EdgeServices } from "../edge-context.ts";
import { authenticate, dropIdentity, listIdentityFields } from "../guards/authenticate.ts";
import { checkAddress } from "../guards/check-address.ts";
import { checkCsrf } from "../guards/check-csrf.ts";
import type { Guard, GuardServices } from "../guards/guard.ts";
import { limitRequests } from "../guards/limit-requests.ts";
import { LimitTable } from "../guards/limit-table.ts";
import { addSecureHeaders } from "../guards/secure-headers.ts";
import { answerPreflight, shareOrigins } from "../guards/share-origins.ts";
import { limitBody } from "./limit-body.ts";
import { createRouteMatcher, createUnroutedFilter } from "./route-match.ts";

export function guardRequests(services: EdgeServices, section: RoutingSection, next: Handler): Handler {
  const { guards: ofSite = {}, routes } = section;
  if (![ofSite, ...routes].some(hasGuards)) return next;
  const guardServices = createServices(services, section);
  const inFront = (settings: GuardSettings) => putInFront(settings, guardServices, next);
  const match = createRouteMatcher(routes);
  const handlers = routes.map((route) => inFront({ ...ofSite, ...definedOf(route) }));
  const otherwise = inFront(ofSite);
  const identity = listIdentityFields(section);
  return (request, env, context) => {
    const found = match(request);
    // A path with two readings is refused by the routes; until then it meets the guards of the site.
    const handler = found.kind === "hit" ? (handlers[found.index] as Handler) : otherwise;
    return handler(identity.size === 0 ? request : dropIdentity(request, identity), env, context);
  };
}

/** The order is that of nginx's phases: access before content; what is cheap to find out comes first. */
function putInFront(settings: GuardSettings, services: GuardServices, next: Handler): Handler {
  const { secureHeaders, cors, addresses, limits, auth, csrf, maxBodyBytes } = settings;
  const guards: (Guard | false | undefined)[] = [
    secureHeaders && addSecureHeaders(secureHeaders),
    cors && shareOrigins(cors),
    addresses && checkAddress(addresses),
    ...(limits || []).map((limit: LimitSettings) => limitRequests(limit, services)),
    cors && answerPreflight(cors),
    auth && authenticate(auth, services),
    csrf && checkCsrf(csrf, services),
    maxBodyBytes !== undefined && ((behind: Handler) => limitBody({ maxBodyBytes }, behind)),
  ];
  return guards.reduceRight<Handler>((behind, guard) => (guard ? guard(behind) : behind), next);
}

/** Whether there is anything to guard. */
export function hasGuards(settings: GuardSettings): boolean {
  const { addresses, limits, cors, auth, csrf, secureHeaders, maxBodyBytes } = settings;
  return Boolean(addresses || limits || cors || auth || csrf || secureHeaders || maxBodyBytes !== undefined);
}

/** Compiles a test for paths in front of which nothing stands, whatever else a request says. */
export function createUnguardedFilter(section: RoutingSection | undefined): (pathname: string) => boolean {
  const { guards = {}, routes } = section ?? { routes: [] };
  if (hasGuards(guards)) return () => false;
  return createUnroutedFilter(routes.filter(hasGuards));
}

/** What a route says itself; the rest is the site's. */
function definedOf(settings: GuardSettings): GuardSettings {
  const { addresses, limits, cors, auth, csrf, secureHeaders, maxBodyBytes } = settings;
  const own = { addresses, limits, cors, auth, csrf, secureHeaders, maxBodyBytes };
  return Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined));
}

function createServices({ platform, upstreams, env }: EdgeServices, section: RoutingSection): GuardServices {
  const { clock, log, limitCounters, runtime } = platform;
  return {
    counters: limitCounters ?? new LimitTable({ clock, movesUp: runtime !== "workers" }),
    trusted: new TrustedProxies(section.trustedProxies),
    upstreams: upstreams ?? new Map(),
    env: env ?? {},
    clock,
    log,
  };
}
