// The URL of an upstream's server: protocol, TLS, and where it listens.

import type { ServerAddress, UpstreamProtocol } from "../contract/transport.ts";

export interface ServerUrl {
  protocol: UpstreamProtocol;
  isSecure: boolean;
  address: ServerAddress;
}

const SCHEME = /^(https?|uwsgis?|fastcgis?)(\+unix)?:\/\/(.+)$/i;
const AUTHORITY = /^(\[[0-9a-f:.]+\]|[a-z0-9_.-]+)(?::(\d{1,5}))?\/?$/i;
const DEFAULT_PORTS: Readonly<Record<string, number>> = { http: 80, https: 443, uwsgi: 3031, fastcgi: 9000 };

/** Reads `uwsgi://127.0.0.1:3031`, `http+unix:///run/app.sock`; undefined for anything else, a path included. */
export function parseServerUrl(text: string): ServerUrl | undefined {
  const match = SCHEME.exec(text);
  if (match === null) return undefined;
  const scheme = (match[1] as string).toLowerCase();
  const isSecure = scheme.endsWith("s");
  const protocol = (isSecure ? scheme.slice(0, -1) : scheme) as UpstreamProtocol;
  const rest = match[3] as string;
  if (match[2] !== undefined) {
    return rest.startsWith("/") ? { protocol, isSecure, address: { kind: "unix", path: rest } } : undefined;
  }
  const authority = AUTHORITY.exec(rest);
  const port =
    authority?.[2] === undefined ? (DEFAULT_PORTS[scheme] ?? DEFAULT_PORTS[protocol]) : Number(authority[2]);
  if (!authority?.[1] || port === undefined || port < 1 || port > 65_535) return undefined;
  const hostname = authority[1].replace(/^\[|\]$/g, "").toLowerCase();
  return { protocol, isSecure, address: { kind: "tcp", hostname, port } };
}
