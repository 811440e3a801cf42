// A request as the variables that uwsgi and FastCGI applications read. RFC 3875 §4.1, named as in nginx's
// uwsgi_params and fastcgi_params.

import type { UpstreamRequest, UpstreamServer } from "../../contract/transport.ts";
import { parseHost } from "../../http/host.ts";
import { splitTarget } from "./request-path.ts";

/** Name, value, name, value …; each character is one byte. */
export type CgiVariables = string[];

/** Fields whose variables have names of their own, or that applications must not see (httpoxy). */
const NO_VARIABLE: ReadonlySet<string> = new Set(["content-type", "content-length", "proxy"]);

/** The variables of a request; `contentLength` is 0 for a request without a body. */
export function createCgiVariables(
  request: UpstreamRequest,
  server: UpstreamServer,
  contentLength: number,
): CgiVariables {
  const { method, target, fields, client } = request;
  const { path, query } = splitTarget(target);
  const host = parseHost(client.host);
  const hasBody = request.body !== null;
  return [
    ...pairs({
      QUERY_STRING: query,
      REQUEST_METHOD: method,
      CONTENT_TYPE: fieldOf(fields, "content-type") ?? "",
      CONTENT_LENGTH: hasBody ? String(contentLength) : "",
      REQUEST_URI: target,
      ...scriptVariables(path, server.script),
      SERVER_PROTOCOL: "HTTP/1.1",
      REQUEST_SCHEME: client.scheme,
      ...(client.scheme === "https" ? { HTTPS: "on" } : {}),
      GATEWAY_INTERFACE: "CGI/1.1",
      SERVER_SOFTWARE: "causeway",
      REMOTE_ADDR: client.address ?? "",
      SERVER_NAME: host?.hostname ?? "localhost",
      SERVER_PORT: String(host?.port ?? (client.scheme === "https" ? 443 : 80)),
      ...server.variables,
    }),
    ...fieldVariables(fields),
  ];
}

/**
 * Without a script the application is given the whole path. With a front controller it stands behind that one;
 * with a directory the path names the script, up to the first segment that ends in `.php`.
 */
function scriptVariables(path: string, script: UpstreamServer["script"]): Record<string, string> {
  if (script === undefined) return { PATH_INFO: path };
  if ("file" in script) {
    const slash = script.file.lastIndexOf("/");
    return {
      SCRIPT_FILENAME: script.file,
      SCRIPT_NAME: script.file.slice(slash),
      DOCUMENT_ROOT: script.file.slice(0, slash),
      DOCUMENT_URI: path,
      PATH_INFO: path,
      REDIRECT_STATUS: "200",
    };
  }
  const full = path.endsWith("/") ? path + script.index : path;
  const [, name = full, info = ""] = /^(.*?\.php)((?:\/.*)?)$/s.exec(full) ?? [];
  return {
    SCRIPT_FILENAME: script.root + name,
    SCRIPT_NAME: name,
    DOCUMENT_ROOT: script.root,
    DOCUMENT_URI: full,
    PATH_INFO: info,
    REDIRECT_STATUS: "200",
  };
}

/**
 * `x-user-id` as HTTP_X_USER_ID. Names with other characters than letters, digits and hyphens are left out: they
 * could pass for another field once they are variables.
 */
function fieldVariables(fields: readonly string[]): string[] {
  const values = new Map<string, string>();
  for (let index = 0; index < fields.length; index += 2) {
    const name = fields[index] as string;
    if (NO_VARIABLE.has(name) || !/^[a-z0-9-]+$/.test(name)) continue;
    const known = values.get(name);
    const joined = known === undefined ? "" : `${known}${name === "cookie" ? "; " : ", "}`;
    values.set(name, joined + fields[index + 1]);
  }
  return [...values].flatMap(([name, value]) => [`HTTP_${name.toUpperCase().replaceAll("-", "_")}`, value]);
}

function fieldOf(fields: readonly string[], name: string): string | undefined {
  for (let index = 0; index < fields.length; index += 2) if (fields[index] === name) return fields[index + 1];
  return undefined;
}

function pairs(variables: Record<string, string>): string[] {
  return Object.entries(variables).flat();
}
