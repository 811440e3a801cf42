import { greet } from "./lib/greet.js";

export default {
  async fetch(request, env, context) {
    const url = new URL(request.url);
    if (url.pathname === "/greet") return new Response(greet(env.NAME));
    if (url.pathname === "/lazy") return new Response((await import("./lib/lazy.mjs")).text);
    if (url.pathname === "/pass") {
      context.passThroughOnException();
      throw new Error("passed through");
    }
    if (url.pathname === "/throw") throw new Error("in the worker");
    if (url.pathname === "/wait") {
      context.waitUntil(Promise.resolve());
      return new Response("waited");
    }
    const response = await env.ASSETS.fetch(request);
    const copy = new Response(response.body, response);
    copy.headers.set("x-worker", "seen");
    return copy;
  },
};
