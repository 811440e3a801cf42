// Where does a secret come from: the configuration itself, or a variable that is there when the site starts?

import { CausewayError } from "../../contract/errors.ts";
import {
  type GuardSettings,
  type GuardVariable,
  listGuardVariables,
  type SecretSource,
} from "../../contract/guards.ts";
import type { Env } from "../../contract/handler.ts";
import type { RoutingSection } from "../../contract/routing.ts";

/** The text of a secret; its variable has been checked before. */
export function readSecret(source: SecretSource, env: Env): string {
  return typeof source === "string" ? source : String(env[source.env] ?? "");
}

/** The names of all variables that the guards of a site read. */
export function listVariables(section: RoutingSection): string[] {
  return [...new Set(variablesOf(section).map(({ name }) => name))];
}

/**
 * Throws for variables that are not set or too short, all at once: without them nobody could be let in, or anybody.
 */
export function requireVariables(section: RoutingSection | undefined, env: Env): void {
  const faults = (section === undefined ? [] : variablesOf(section)).flatMap(({ name, minBytes }) => {
    const value = env[name];
    if (typeof value !== "string" || value === "") return `the variable "${name}" is not set`;
    const bytes = new TextEncoder().encode(value).length;
    return bytes < minBytes ? `the variable "${name}" has less than ${minBytes} bytes` : [];
  });
  if (faults.length === 0) return;
  throw new CausewayError("invalid-project", `Cannot guard the site: ${[...new Set(faults)].join(", ")}`, {
    remedy: "causeway.config.ts names it: set it in the environment or in a variables file.",
  });
}

function variablesOf({ guards = {}, routes }: RoutingSection): GuardVariable[] {
  const all: GuardSettings[] = [guards, ...routes];
  return all.flatMap(listGuardVariables);
}
