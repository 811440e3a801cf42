// One canonical URL at the door: dot segments resolved, every character as the URL standard writes it.

/** What a URL parser would change: dot segments however spelt, backslashes, characters outside the URL set. */
const ODD = /\/\.|%2e|[^\x21-\x7e]|[\\"<>^`{|}]/i;

/**
 * The request under its parsed URL. Some servers hand over the target as the client wrote it; a guard that
 * read that and a file that was looked up under the parsed path would not speak of the same thing.
 */
export function toCanonicalRequest(request: Request): Request {
  // What Bun has of a request without Host: HTTP/1.0 needs none.
  if (request.url.startsWith("/")) return new Request(new URL(`http://localhost${request.url}`), request);
  if (!ODD.test(request.url)) return request;
  const url = new URL(request.url).href;
  return url === request.url ? request : new Request(url, request);
}
