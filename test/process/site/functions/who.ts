// What a function sees of itself, of its site's environment, and of the one who asks.
import { env as own, pid } from "node:process";

interface Context {
  request: Request;
  env: Record<string, unknown>;
}

export const onRequest = ({ request, env }: Context) => {
  const { host, pathname } = new URL(request.url);
  return Response.json({
    pid,
    host,
    pathname,
    greeting: env.GREETING,
    own: own.GREETING,
    names: Object.keys(own),
    address: request.headers.get("cf-connecting-ip"),
    fields: [...request.headers.keys()],
  });
};
