// Where the front of many sites finds one of them.

/**
 * Nothing takes the front long; if its event loop is stuck for this long something is wrong with it. How long a
 * request may take is for each site to say.
 */
export const FRONT_DEADLINE_MS = 10_000;

/** A site as the front knows it. */
export interface SiteRoute {
  name: string;
  /** Host names and patterns, in the form of `parseHostPattern`. */
  hosts: readonly string[];
  /** Answers for hosts that no site has. */
  isDefault: boolean;
  /** Unix socket of its workers; undefined while there is nobody to ask: the answer is 503. */
  socketPath: string | undefined;
  /** Requests that may be open; further ones are answered 503. */
  maxOpen: number;
}
