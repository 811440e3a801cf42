// Fields that tell browsers to be careful. What an answer says itself counts: a page knows better what it embeds.

import type { SecureHeaderSettings } from "../../contract/guards.ts";
import { editFields, type Guard } from "./guard.ts";

/** Adds to every answer what it lacks. */
export function addSecureHeaders({ set, remove }: SecureHeaderSettings): Guard {
  return (next) => async (request, env, context) =>
    editFields(await next(request, env, context), (headers) => {
      for (const name of remove) headers.delete(name);
      for (const [name, value] of set) if (!headers.has(name)) headers.set(name, value);
    });
}
