import { describeRequest } from "./describe-request.ts";

export default {
  async fetch(request: Request, env: any): Promise<Response> {
    const { pathname } = new URL(request.url);
    if (pathname === "/api/file") return env.FILES.fetch(new URL("/folder/", request.url));
    if (pathname === "/api/redirect")
      return env.FILES.fetch(new Request(new URL("/folder", request.url), { redirect: "manual" }));
    if (pathname === "/api/env") return Response.json(Object.keys(env).sort());
    return Response.json(describeRequest(request));
  },
};
