// One canonical URL at the door: dot segments resolved, every character as the URL standard writes it.

/** What a URL parser would change: dot segments however spelt, backslashes, characters outside the URL set. */
const ODD = /\/\.|%2e|[^\x21-\x7e]|[\\"<>^`{|}]/i;

/**
 * The URL of a request as its parser writes it. Some servers hand over the target as the client wrote it; a guard
 * that read that and a file that was looked up under the parsed path would not speak of the same thing.
 */
export function toCanonicalUrl(url: string): string {
  // What Bun has of a request without Host: HTTP/1.0 needs none.
  if (url.startsWith("/")) return new URL(`http://localhost${url}`).href;
  return ODD.test(url) ? new URL(url).href : url;
}
