// What `import { onRequest } from "assets:DIR"` gives: a handler that serves a directory at the place
// where the function is mounted. The build puts this file into bundles; it must not import anything.

/** The part of a function's context that is needed here. */
export interface MountContext {
  request: Request;
  functionPath: string;
  env: Record<string, { fetch(request: Request): Promise<Response> }>;
}

/** Serves the files that lie under `prefix` in the site, as if they lay at the function's path. */
export function serveMountedAssets(
  prefix: string,
  binding: string,
): (context: MountContext) => Promise<Response> {
  return async ({ request, env, functionPath }) => {
    const assets = env[binding];
    if (assets === undefined) throw new TypeError(`There is no binding called ${binding} to read files from`);
    const url = new URL(request.url);
    url.pathname = prefix + `/${url.pathname.replace(functionPath, () => "")}`.replace(/^\/\//, "/");
    return toOutside(await assets.fetch(new Request(url, request)), prefix, functionPath);
  };
}

/** Redirects between spellings of a file name the inner place, which clients cannot reach. */
function toOutside(response: Response, prefix: string, functionPath: string): Response {
  const location = response.headers.get("location");
  if (location === null || !location.startsWith(`${prefix}/`)) return response;
  const mount = functionPath.replace(/\/$/, "");
  const outside = new Response(response.body, response);
  outside.headers.set("location", mount + location.slice(prefix.length));
  return outside;
}
