// The state of many sites as text.

import type { ServerStatus } from "../runtimes/app-server/status.ts";
import type { SiteStatus, SitesStatus } from "../runtimes/many-sites/sites-status.ts";
import { formatBytes } from "./format-bytes.ts";
import { formatAge, formatStatus } from "./format-status.ts";
import { formatTable } from "./format-table.ts";

const HEAD = [
  "SITE",
  "STATE",
  "WORKERS",
  "REQS",
  "FAILED",
  "OPEN",
  "RPS",
  "CRASHES",
  "RSS",
  "HOSTS",
  "FAILURE",
];

/** The state of a server, of one site or of many. */
export function formatState(status: ServerStatus | SitesStatus): string {
  return "sites" in status ? formatSites(status) : formatStatus(status);
}

/** Some lines about the server, then one for each site. */
function formatSites({ directory, url, pid, uptimeMs, front, sites }: SitesStatus): string {
  const serving = sites.filter(({ state }) => state === "ready" || state === "idle").length;
  const rssBytes = sites.reduce((sum, site) => sum + site.rssBytes, 0);
  return [
    `${sites.length} ${sites.length === 1 ? "site" : "sites"} of ${directory} on ${url.replace(/\/$/, "")}, ${serving} ready or idle`,
    `master ${pid}, up ${formatAge(uptimeMs)}, ${front.length} in front, ${formatBytes(rssBytes)} in all sites`,
    "",
    formatTable([HEAD, ...sites.map(formatSite)]),
  ].join("\n");
}

function formatSite(site: SiteStatus): string[] {
  const { name, state, workers, requests, failed, inFlight, requestsPerSecond, counts, hosts, failure } =
    site;
  return [
    name,
    state,
    String(workers),
    String(requests),
    String(failed),
    String(inFlight),
    requestsPerSecond.toFixed(requestsPerSecond > 0 && requestsPerSecond < 10 ? 1 : 0),
    String(counts.crashed),
    formatBytes(site.rssBytes),
    hosts.join(" "),
    failure?.split("\n", 1)[0] ?? "",
  ];
}
