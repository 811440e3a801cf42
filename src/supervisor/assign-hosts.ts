// Which of several sites gets a host that more than one of them names? Who has it keeps it; decides, does nothing.

/** What a site asks for. */
export interface HostClaim {
  site: string;
  hosts: readonly string[];
}

export interface HostAssignment {
  /** The hosts that each site has. */
  hosts: Map<string, string[]>;
  /** Claims that were not met. */
  conflicts: { host: string; site: string; holder: string }[];
}

/**
 * A site that `holders` names for a host keeps it as long as it asks for it; what is free goes to the first site by
 * name. So neither a new site nor a changed one takes a host away from another.
 */
export function assignHosts(
  claims: readonly HostClaim[],
  holders: ReadonlyMap<string, string>,
): HostAssignment {
  const sorted = claims.toSorted((one, other) => (one.site < other.site ? -1 : 1));
  const owners = new Map<string, string>();
  for (const { site, hosts } of sorted) {
    for (const host of hosts) if (holders.get(host) === site) owners.set(host, site);
  }
  const assignment: HostAssignment = { hosts: new Map(), conflicts: [] };
  for (const { site, hosts } of sorted) {
    const own: string[] = [];
    for (const host of new Set(hosts)) {
      const holder = owners.get(host) ?? site;
      owners.set(host, holder);
      if (holder === site) own.push(host);
      else assignment.conflicts.push({ host, site, holder });
    }
    assignment.hosts.set(site, own);
  }
  return assignment;
}
