// Bindings in the configuration that no runtime but Cloudflare's provides: named once, with their place.

import type { Problem } from "../contract/problem.ts";
import type { SettingsFile } from "./settings-file.ts";

/** Configuration key → what it binds. */
export const BINDING_KEYS: Record<string, string> = {
  ai: "Workers AI",
  analytics_engine_datasets: "Analytics Engine",
  browser: "Browser Rendering",
  d1_databases: "D1",
  durable_objects: "Durable Objects",
  hyperdrive: "Hyperdrive",
  kv_namespaces: "KV",
  queues: "Queues",
  r2_buckets: "R2",
  send_email: "Email",
  services: "service",
  vectorize: "Vectorize",
  workflows: "Workflows",
};

/** A warning for each kind of binding that `env` will lack outside Workers. */
export function checkBindings(file: SettingsFile | undefined, environment: string | undefined): Problem[] {
  if (file?.value === undefined) return [];
  const environments = file.value.env as Record<string, Record<string, unknown>> | undefined;
  const section = environment === undefined ? file.value : (environments?.[environment] ?? {});
  const prefix = environment === undefined ? [] : ["env", environment];
  return Object.entries(BINDING_KEYS)
    .filter(([key]) => section[key] !== undefined)
    .map(([key, product]) => ({
      severity: "warning",
      code: "binding-unsupported",
      message: `${product} bindings are not supported yet: \`env\` will not have what "${key}" names`,
      file: file.name,
      ...file.locate([...prefix, key]),
      remedy: "Routes that do not use them work; on Workers they are bound as usual.",
    }));
}
