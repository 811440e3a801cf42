// What a site may change about the shared cache, beside what answers say themselves.

/** Settings of one route; all are optional. */
export interface CacheRules {
  /** Lifetime of answers that name none, in seconds. Only for statuses that RFC 9110 §15.1 lets caches keep. */
  defaultSeconds?: number;
  /** The same for 404, 405, 410, 414 and 501, which otherwise follow `defaultSeconds`. */
  negativeSeconds?: number;
  /**
   * Guess lifetimes that an answer does not name as this share of the time since its Last-Modified (RFC 9111
   * §4.2.2). Default 0.1; 0 guesses nothing. Nothing is guessed for requests with cookies.
   */
  heuristicFraction?: number;
  /** How long after its lifetime an answer may stand in for an origin that fails. Default an hour. */
  staleOnFailureSeconds?: number;
  /** Keep answers that set cookies, for everybody. By default they are not kept. */
  storeSetCookie?: boolean;
  /** Treat every request as one with Authorization (RFC 9111 §3.5): somebody has been let in by other means. */
  isPersonal?: boolean;
  /** Fields that are read instead of Cache-Control, the most specific first (RFC 9213). */
  targets?: readonly string[];
  /**
   * Whether requests with cookies, too, wait for an equal one that is under way to a URL of which nothing is kept. By
   * default they do; where nobody has said that a route is for everybody, its answers often are for one client.
   */
  collapsesWithCookies?: boolean;
  /** Whether clients may demand fresh or stale answers with Cache-Control. By default they may. */
  ignoreRequestDirectives?: boolean;
}

/** Rules with every default filled in. */
export interface ResolvedRules {
  defaultMs: number | undefined;
  negativeMs: number | undefined;
  heuristicFraction: number;
  staleOnFailureMs: number;
  storesSetCookie: boolean;
  isPersonal: boolean;
  targets: readonly string[];
  obeysClients: boolean;
  collapsesWithCookies: boolean;
}

export function resolveRules(rules: CacheRules): ResolvedRules {
  const defaultMs = toMs(rules.defaultSeconds);
  return {
    defaultMs,
    negativeMs: toMs(rules.negativeSeconds) ?? defaultMs,
    heuristicFraction: rules.heuristicFraction ?? 0.1,
    staleOnFailureMs: (rules.staleOnFailureSeconds ?? 3_600) * 1_000,
    storesSetCookie: rules.storeSetCookie ?? false,
    isPersonal: rules.isPersonal ?? false,
    targets: (rules.targets ?? ["cdn-cache-control"]).map((name) => name.toLowerCase()),
    obeysClients: !rules.ignoreRequestDirectives,
    collapsesWithCookies: rules.collapsesWithCookies ?? true,
  };
}

function toMs(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : seconds * 1_000;
}
