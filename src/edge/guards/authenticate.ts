// Who asks, and may they? One of several ways to find out; what is found goes on in fields that clients cannot set.

import type { AuthSettings, GuardSettings } from "../../contract/guards.ts";
import type { Env, GatewayContext } from "../../contract/handler.ts";
import type { RoutingSection } from "../../contract/routing.ts";
import { foldFieldName, keepFromConnection, listAliases } from "../../http/field-name.ts";
import { createBasicAuth } from "./authenticate-basic.ts";
import { createJwtAuth } from "./authenticate-jwt.ts";
import { createRequestAuth } from "./authenticate-request.ts";
import { editRequest, type Guard, type GuardServices } from "./guard.ts";

/** What is known of somebody who was let in: fields for whoever answers. */
export interface Identity {
  fields: readonly (readonly [name: string, value: string])[];
}

/** Finds out; a Response is the refusal. */
export type Authenticate = (
  request: Request,
  env: Env,
  context: GatewayContext,
) => Promise<Identity | Response>;

/** Lets those in who may. */
export function authenticate(settings: AuthSettings, services: GuardServices): Guard {
  const check = createAuthenticate(settings, services);
  return (next) => async (request, env, context) => {
    const found = await check(request, env, context);
    if (found instanceof Response) return found;
    const { fields } = found;
    if (fields.length === 0) return next(request, env, context);
    const named = editRequest(request, (headers) => {
      for (const [name, value] of fields) headers.set(name, value);
    });
    return next(named, env, context);
  };
}

function createAuthenticate(settings: AuthSettings, services: GuardServices): Authenticate {
  switch (settings.kind) {
    case "basic":
      return createBasicAuth(settings, services);
    case "jwt":
      return createJwtAuth(settings, services);
    case "request":
      return createRequestAuth(settings, services);
  }
}

/** The names, folded, under which any guard of a site tells who asks. */
export function listIdentityFields({ guards = {}, routes }: RoutingSection): ReadonlySet<string> {
  const all: GuardSettings[] = [guards, ...routes];
  return new Set(
    all.flatMap(({ auth }) => {
      if (!auth || auth.kind === "basic") return [];
      return (auth.kind === "jwt" ? auth.claims.map(([name]) => name) : auth.copy).map(foldFieldName);
    }),
  );
}

/**
 * The request without fields by which its client would pretend to be somebody, in any spelling, on whatever route;
 * and without having them taken off by Connection once they have been set.
 */
export function dropIdentity(request: Request, folded: ReadonlySet<string>): Request {
  const { headers } = request;
  const aliases = listAliases(headers, folded);
  const connection = keepFromConnection(headers.get("connection"), folded);
  if (aliases.length === 0 && connection === undefined) return request;
  return editRequest(request, (edited) => {
    for (const name of aliases) edited.delete(name);
    if (connection === "") edited.delete("connection");
    else if (connection !== undefined) edited.set("connection", connection);
  });
}
