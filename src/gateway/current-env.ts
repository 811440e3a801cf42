// The env that code imports instead of being given it: `import { env } from "cloudflare:workers"`.

import type { Env } from "../contract/handler.ts";

/** Known to the module that builds put in the place of `cloudflare:workers`. */
const ENV = Symbol.for("causeway.env");

/** Makes this the env of the process; where several sites share one, the last one that was asked wins. */
export function publishEnv(env: Env): void {
  (globalThis as unknown as Record<symbol, Env>)[ENV] = env;
}
