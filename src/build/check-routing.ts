// What of a project's upstreams does Workers not allow? Named at build, so that no request finds it out.

import type { Problem } from "../contract/problem.ts";
import type { RoutingSection, UpstreamSettings } from "../contract/routing.ts";

/** Warnings for a build with the target Workers. */
export function checkWorkersRouting(routing: RoutingSection | undefined): Problem[] {
  return Object.entries(routing?.upstreams ?? {}).flatMap(([name, upstream]) =>
    missingOnWorkers(upstream).map(([what, remedy]) => ({
      severity: "warning" as const,
      code: "workers-upstream",
      message: `On Workers the upstream "${name}" ${what}`,
      file: "causeway.config.ts",
      remedy,
    })),
  );
}

function missingOnWorkers({
  servers,
  activeHealth,
  host,
}: UpstreamSettings): [what: string, remedy: string][] {
  const missing: [string, string][] = [];
  const other = servers.find(({ protocol }) => protocol !== "http")?.protocol;
  if (other !== undefined) {
    missing.push([
      `cannot be reached: there is no ${other} there`,
      "Give it a server over HTTP, or build without the target workers.",
    ]);
  }
  if (servers.some(({ address }) => address.kind === "unix")) {
    missing.push(["cannot be reached over a unix socket", "Give it a server with a host name."]);
  }
  if (
    servers.some(
      ({ tls }) => tls?.ca !== undefined || tls?.certificate !== undefined || tls?.serverName !== undefined,
    )
  ) {
    missing.push([
      "is verified with the public authorities and its own name only",
      "Use a certificate of a public authority.",
    ]);
  }
  if (activeHealth !== undefined) {
    missing.push([
      "is not checked at intervals: nothing runs between requests",
      "Rely on what requests find out, or check from outside.",
    ]);
  }
  if (host.kind === "fixed") {
    missing.push([
      "is asked by its own host name, not by the one of its settings",
      'Set host: "server", or read X-Forwarded-Host there.',
    ]);
  }
  return missing;
}
