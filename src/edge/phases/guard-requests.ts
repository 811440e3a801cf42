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
import { noteGuards } from "./decided-route.ts";
import { limitBody } from "./limit-body.ts";
import { createRouteMatcher, createUnroutedFilter } from "./route-match.ts";

export function guardRequests(services: EdgeServices, section: RoutingSection, next: Handler): Handler {
  const { guards: ofSite = {}, routes } = section;
  const inFrontOf = createRouteGuards(services, section);
  if (inFrontOf === undefined) return next;
  const match = createRouteMatcher(routes);
  const handlers = routes.map((_route, index) => inFrontOf(index, next));
  const otherwise = putInFront(ofSite, guardServicesOf(services, section), next);
  const identity = listIdentityFields(section);
  return (request, env, context) => {
    // Before the routes are looked at: what a client says of itself must not choose among them.
    const known = identity.size === 0 ? request : dropIdentity(request, identity);
    const found = match(known);
    // A path with two readings is refused by the routes; until then it meets the guards of the site.
    if (found.kind !== "hit") return otherwise(known, env, context);
    const { index, isFolded } = found;
    noteGuards(context, index, isFolded);
    return (handlers[index] as GuardedHandlers)[isFolded ? "folded" : "exact"](known, env, context);
  };
}

/** Handlers behind the guards of one route. */
export interface GuardedHandlers {
  exact: Handler;
  /** For paths that are the route's in another case only: it adds guards for them and takes none of the site's away. */
  folded: Handler;
}

/** Puts the guards of a route in front of a handler; undefined where there are none at all. */
export function createRouteGuards(
  services: EdgeServices,
  section: RoutingSection,
): ((index: number, next: Handler) => GuardedHandlers) | undefined {
  const { guards: ofSite = {}, routes } = section;
  if (![ofSite, ...routes].some(hasGuards)) return undefined;
  const guardServices = guardServicesOf(services, section);
  const own = routes.map(definedOf);
  return (index, next) => ({
    exact: putInFront({ ...ofSite, ...own[index] }, guardServices, next),
    folded: putInFront({ ...ofSite, ...withoutFalse(own[index] ?? {}) }, guardServices, next),
  });
}

function withoutFalse(settings: GuardSettings): GuardSettings {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== false));
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

/** One for an edge: whoever counts, counts in the same place. */
const known = new WeakMap<EdgeServices, GuardServices>();

function guardServicesOf(services: EdgeServices, section: RoutingSection): GuardServices {
  const found = known.get(services) ?? createServices(services, section);
  known.set(services, found);
  return found;
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
