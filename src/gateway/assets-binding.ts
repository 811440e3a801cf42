// `env.ASSETS`: the static files as a function sees them, with the redirect modes of fetch.

/** Answers a request from the static files; redirects are returned, not followed. */
export type AssetFetch = (request: Request) => Promise<Response>;

/** The binding object that functions get. */
export interface AssetsBinding {
  fetch(input: Request | URL | string, init?: RequestInit): Promise<Response>;
}

/** Fetch standard, "HTTP-redirect fetch": more than this many is a network error. */
const MAX_REDIRECTS = 20;

/** Wraps the asset server as a binding: its answers tell where they come from, as those of fetch do. */
export function createAssetsBinding(fetchAsset: AssetFetch): AssetsBinding {
  return {
    async fetch(input, init) {
      const request = input instanceof Request && init === undefined ? input : new Request(input, init);
      const { response, url } = await follow(request, fetchAsset);
      return nameSource(response, url, url !== request.url);
    },
  };
}

/**
 * Lets redirects be followed. A request in mode `follow` (any that a function makes) gets the page behind a
 * pretty-URL redirect; the incoming request is in mode `manual` and gets the redirect.
 */
export function followRedirects(fetchAsset: AssetFetch): AssetFetch {
  return async (request) => (await follow(request, fetchAsset)).response;
}

async function follow(first: Request, fetchAsset: AssetFetch): Promise<{ response: Response; url: string }> {
  let request = first;
  for (let count = 0; count <= MAX_REDIRECTS; count += 1) {
    const response = await fetchAsset(request);
    const location = redirectTarget(request, response);
    if (location === undefined || first.redirect === "manual") return { response, url: request.url };
    if (first.redirect === "error") throw new TypeError("A redirect was met in redirect mode error");
    request = new Request(location, {
      method: redirectMethod(request.method, response.status),
      headers: request.headers,
    });
  }
  throw new TypeError("Too many redirects");
}

/** Fetch standard, "HTTP-redirect fetch", step 12: a POST goes on as GET, as does all but HEAD after 303. */
function redirectMethod(method: string, status: number): string {
  const turns = status === 303 ? method !== "HEAD" : method === "POST" && status <= 302;
  return turns ? "GET" : method;
}

/** The constructor of Response has no way to say where it comes from (Fetch standard §6.4). */
function nameSource(response: Response, url: string, redirected: boolean): Response {
  return Object.defineProperties(response, {
    url: { value: url.replace(/#.*$/s, ""), configurable: true },
    redirected: { value: redirected, configurable: true },
  });
}

/** Where a redirect within the site leads; undefined for anything that is passed on as it is. */
function redirectTarget(request: Request, response: Response): URL | undefined {
  const location = response.headers.get("location");
  if (response.status < 301 || response.status > 308 || response.status === 304 || location === null)
    return undefined;
  const target = new URL(location, request.url);
  return target.origin === new URL(request.url).origin ? target : undefined;
}
