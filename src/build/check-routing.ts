// What of a project's upstreams does Workers not allow, and which routes move to functions that are not there?
// Named at build, so that no request finds it out.

import { formatRoute } from "../contract/migration.ts";
import type { Problem } from "../contract/problem.ts";
import type { RoutingSection, UpstreamSettings } from "../contract/routing.ts";

/** Warnings for a build with the target Workers. */
export function checkWorkersRouting(routing: RoutingSection | undefined): Problem[] {
  const upstreams = Object.entries(routing?.upstreams ?? {}).flatMap(([name, upstream]) =>
    missingOnWorkers(upstream).map(([what, remedy]) =>
      warn("workers-upstream", `On Workers the upstream "${name}" ${what}`, remedy),
    ),
  );
  return routing === undefined ? upstreams : [...upstreams, ...checkGuards(routing)];
}

function warn(code: string, message: string, remedy: string): Problem {
  return { severity: "warning", code, message, file: "causeway.config.ts", remedy };
}

/** Isolates know nothing of each other, and the platform reads requests before they reach one. */
function checkGuards({ guards = {}, routes, clients }: RoutingSection): Problem[] {
  const problems: Problem[] = [];
  if ([guards, ...routes].some(({ limits }) => limits && limits.length > 0)) {
    problems.push(
      warn(
        "workers-limits",
        "On Workers each isolate counts for itself, so that a client may get more than its limit",
        "Take it as a brake there, and set a rate limiting rule of the platform where the number matters.",
      ),
    );
  }
  if (clients !== undefined) {
    problems.push(
      warn(
        "workers-clients",
        'On Workers the settings of "clients" have no effect: the platform reads requests',
        "Nothing needs to be done; the platform has limits of its own.",
      ),
    );
  }
  return problems;
}

/** Warnings for routes that move to the functions of a project without any. */
export function checkMigrations(routing: RoutingSection | undefined, hasFunctions: boolean): Problem[] {
  if (hasFunctions) return [];
  return (routing?.routes ?? [])
    .filter(({ shadow, cutover }) => [shadow, cutover].some((moving) => moving?.to.kind === "function"))
    .map(({ when }) => ({
      severity: "warning",
      code: "no-functions",
      message: `The route "${formatRoute(when)}" moves to functions, and the project has none`,
      file: "causeway.config.ts",
      remedy: "Write the function first, or name an upstream: to: { upstream: … }.",
    }));
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
