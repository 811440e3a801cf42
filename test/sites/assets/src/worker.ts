// A Worker as a class, as the documentation of Workers has it.

// @ts-expect-error: no types for it are installed here.
import { WorkerEntrypoint } from "cloudflare:workers";
import { describeRequest } from "./describe-request.ts";

export default class extends WorkerEntrypoint {
  declare env: any;
  declare ctx: any;

  async fetch(request: Request): Promise<Response> {
    const { env, ctx } = this;
    const { pathname } = new URL(request.url);
    if (pathname === "/api/file") return env.FILES.fetch(new URL("/folder/", request.url));
    if (pathname === "/api/redirect")
      return env.FILES.fetch(new Request(new URL("/folder", request.url), { redirect: "manual" }));
    if (pathname === "/api/env") return Response.json(Object.keys(env).sort());
    ctx.waitUntil(Promise.resolve());
    return Response.json(describeRequest(request));
  }
}
