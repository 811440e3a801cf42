// What the front of many sites knows about them: which host leads where, and how much is open there.

import { parseHost } from "../../http/host.ts";
import { HostTable } from "../../http/host-table.ts";
import { parseRequestTarget } from "../../http/request-target.ts";
import type { SiteRoute } from "./site-route.ts";

/** A site as requests find it. */
export interface RoutedSite {
  name: string;
  /** What a request that names no host (HTTP/1.0) is told that it has named. */
  host: string;
  socketPath: string | undefined;
  maxOpen: number;
  /** Requests that are open now. */
  open: number;
}

/** The host that a request names: that of an absolute target before the field (RFC 9112 §3.2.2). */
export interface NamedHost {
  /** As it is to be passed on; undefined where none was named. */
  written: string | undefined;
  hostname: string | undefined;
}

export class FrontRoutes {
  #table = new HostTable<RoutedSite>();
  #fallback: RoutedSite | undefined;
  #sites = new Map<string, RoutedSite>();

  /** Replaces the routes; returns the sockets that no route leads to any more. */
  replace(routes: readonly SiteRoute[]): string[] {
    const before = this.#sites;
    this.#table = new HostTable();
    this.#sites = new Map();
    this.#fallback = undefined;
    for (const route of routes) {
      const { name, socketPath, maxOpen } = route;
      const host = route.hosts.find((pattern) => !pattern.startsWith("*")) ?? "localhost";
      const known = before.get(name);
      // What is open there stays open: the object that counts it does too.
      const routed: RoutedSite =
        known?.socketPath === socketPath && known !== undefined
          ? Object.assign(known, { maxOpen, host })
          : { name, host, socketPath, maxOpen, open: 0 };
      this.#sites.set(name, routed);
      for (const pattern of route.hosts) this.#table.add(pattern, routed);
      if (route.isDefault) this.#fallback ??= routed;
    }
    const used = new Set([...this.#sites.values()].map(({ socketPath }) => socketPath));
    return [...before.values()].flatMap(({ socketPath }) =>
      socketPath === undefined || used.has(socketPath) ? [] : [socketPath],
    );
  }

  find({ hostname }: NamedHost): RoutedSite | undefined {
    return (hostname === undefined ? undefined : this.#table.find(hostname)) ?? this.#fallback;
  }
}

/** Reads the host of a request whose head has been checked. */
export function readHost(target: string, field: string | undefined): NamedHost {
  const absolute = target.startsWith("/") ? undefined : parseRequestTarget(target)?.host;
  if (absolute !== undefined) {
    const { hostname, port } = absolute;
    return { written: port === undefined ? hostname : `${hostname}:${port}`, hostname };
  }
  return { written: field, hostname: field === undefined ? undefined : parseHost(field)?.hostname };
}
