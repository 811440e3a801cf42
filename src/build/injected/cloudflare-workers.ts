// What `import … from "cloudflare:workers"` means outside Workers (Workers docs, "Runtime APIs"). The build
// puts this file in the module's place; it must not import anything.

/** Where a runtime leaves the application's env for modules that import it. */
const ENV = Symbol.for("causeway.env");

type Environment = Record<string | symbol, unknown>;

function current(): Environment {
  return ((globalThis as Environment)[ENV] as Environment | undefined) ?? {};
}

/** The application's env, whichever is current: a view, because modules load before it exists. */
export const env: Environment = new Proxy({} as Environment, {
  get: (_, name) => current()[name],
  has: (_, name) => name in current(),
  ownKeys: () => Reflect.ownKeys(current()),
  getOwnPropertyDescriptor(_, name) {
    const found = Object.getOwnPropertyDescriptor(current(), name);
    return found && { ...found, configurable: true };
  },
});

/** Base class of a Worker that is a class: keeps what the runtime hands to its constructor. */
export class WorkerEntrypoint {
  protected ctx: unknown;
  protected env: unknown;

  constructor(ctx: unknown, environment: unknown) {
    this.ctx = ctx;
    this.env = environment;
  }
}

/** Marks a class whose methods may be called from elsewhere; within one process that needs nothing. */
export class RpcTarget {}

/** Lets work go on after the response; a rejection is the work's own affair, as with `ctx.waitUntil`. */
export function waitUntil(work: Promise<unknown>): void {
  Promise.resolve(work).catch((error: unknown) => console.error("Work given to waitUntil failed", error));
}
