// How long may a request take? One limit for all paths, others for some.

export interface Deadlines {
  defaultMs: number;
  /** In order of precedence; a pattern is a path, or the beginning of one before a closing `*`. */
  routes: { pattern: string; limitMs: number }[];
}

/** The limit of a path. */
export function deadlineMs({ defaultMs, routes }: Deadlines, pathname: string): number {
  return routes.find(({ pattern }) => matchesPath(pattern, pathname))?.limitMs ?? defaultMs;
}

/** The same limits, each later by `ms`. */
export function addToDeadlines({ defaultMs, routes }: Deadlines, ms: number): Deadlines {
  const later = routes.map(({ pattern, limitMs }) => ({ pattern, limitMs: limitMs + ms }));
  return { defaultMs: defaultMs + ms, routes: later };
}

/** The shortest of all limits: nothing needs a look before it has passed. */
export function shortestDeadlineMs({ defaultMs, routes }: Deadlines): number {
  return Math.min(defaultMs, ...routes.map(({ limitMs }) => limitMs));
}

/** The longest of all limits: who is silent for longer is dead. */
export function longestDeadlineMs({ defaultMs, routes }: Deadlines): number {
  return Math.max(defaultMs, ...routes.map(({ limitMs }) => limitMs));
}

function matchesPath(pattern: string, pathname: string): boolean {
  return pattern.endsWith("*") ? pathname.startsWith(pattern.slice(0, -1)) : pathname === pattern;
}
