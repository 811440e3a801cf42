// `env.ASSETS`: the static files as a function sees them, with the redirect modes of fetch.

/** Answers a request from the static files; redirects are returned, not followed. */
export type AssetFetch = (request: Request) => Promise<Response>;

/** The binding object that functions get. */
export interface AssetsBinding {
  fetch(input: Request | URL | string, init?: RequestInit): Promise<Response>;
}

/** Fetch standard, "HTTP-redirect fetch": more than this many is a network error. */
const MAX_REDIRECTS = 20;

/**
 * Wraps the asset server as a binding. A request in mode `follow` (any that a function makes) gets
 * the page behind a pretty-URL redirect; the incoming request is in mode `manual` and gets the redirect.
 */
export function createAssetsBinding(fetchAsset: AssetFetch): AssetsBinding {
  return {
    async fetch(input, init) {
      const request = input instanceof Request && init === undefined ? input : new Request(input, init);
      return followRedirects(request, fetchAsset);
    },
  };
}

async function followRedirects(first: Request, fetchAsset: AssetFetch): Promise<Response> {
  let request = first;
  for (let count = 0; count <= MAX_REDIRECTS; count += 1) {
    const response = await fetchAsset(request);
    const location = redirectTarget(request, response);
    if (location === undefined || first.redirect === "manual") return response;
    if (first.redirect === "error") throw new TypeError("A redirect was met in redirect mode error");
    request = new Request(location, { method: request.method, headers: request.headers });
  }
  throw new TypeError("Too many redirects");
}

/** Where a redirect within the site leads; undefined for anything that is passed on as it is. */
function redirectTarget(request: Request, response: Response): URL | undefined {
  const location = response.headers.get("location");
  if (response.status < 301 || response.status > 308 || response.status === 304 || location === null)
    return undefined;
  const target = new URL(location, request.url);
  return target.origin === new URL(request.url).origin ? target : undefined;
}
