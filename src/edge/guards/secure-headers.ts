// Fields that tell browsers to be careful. What the owner names holds for every answer; of the defaults an answer may
// differ, because a page knows better what it embeds.

import type { SecureHeaderSettings } from "../../contract/guards.ts";
import { editFields, type Guard } from "./guard.ts";

/** Adds to every answer what it lacks. */
export function addSecureHeaders({ defaults, set, remove }: SecureHeaderSettings): Guard {
  return (next) => async (request, env, context) =>
    editFields(await next(request, env, context), (headers) => {
      for (const name of remove) headers.delete(name);
      for (const [name, value] of defaults) if (!headers.has(name)) headers.set(name, value);
      for (const [name, value] of set) headers.set(name, value);
    });
}
