// Where does a secret come from: the configuration itself, or a variable that is there when the site starts?

import { CausewayError } from "../../contract/errors.ts";
import { type GuardSettings, listSecrets, type SecretSource } from "../../contract/guards.ts";
import type { Env } from "../../contract/handler.ts";
import type { RoutingSection } from "../../contract/routing.ts";

/** The text of a secret; its variable has been checked before. */
export function readSecret(source: SecretSource, env: Env): string {
  return typeof source === "string" ? source : String(env[source.env] ?? "");
}

/** Every variable that the guards of a site read. */
export function listVariables({ guards = {}, routes }: RoutingSection): string[] {
  const all: GuardSettings[] = [guards, ...routes];
  return [...new Set(all.flatMap((one) => listSecrets(one).map(({ variable }) => variable)))];
}

/** Throws for variables that are not set, all at once: without them nobody, or everybody, could be let in. */
export function requireVariables(section: RoutingSection | undefined, env: Env): void {
  if (section === undefined) return;
  const missing = listVariables(section).filter((name) => typeof env[name] !== "string" || env[name] === "");
  if (missing.length === 0) return;
  const names = missing.map((name) => `"${name}"`).join(", ");
  throw new CausewayError(
    "invalid-project",
    `Cannot guard the site: the ${missing.length === 1 ? "variable" : "variables"} ${names} of causeway.config.ts ${missing.length === 1 ? "is" : "are"} not set`,
    { remedy: `Set ${missing.join(", ")} in the environment or in a variables file.` },
  );
}
