// What a bundled application hands to the gateway when it is loaded.

export interface FunctionBundle {
  /** File below the functions directory (`users/[id].ts`) → its exports. Empty without file routes. */
  modules: Record<string, Record<string, unknown>>;
  /** Default export of `_worker.js` or of a Worker's `main`: an object or class with `fetch`. */
  worker?: unknown;
}
