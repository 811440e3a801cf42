export const onRequest = async ({ request, data, env, params }: any) => {
  data.trail.push("handler");
  const body = request.method === "GET" || request.method === "HEAD" ? null : await request.text();
  return Response.json({
    method: request.method,
    path: new URL(request.url).pathname,
    query: new URL(request.url).search,
    header: request.headers.get("x-test"),
    body,
    greeting: env.GREETING,
    max: env.LIMITS.max,
    params,
  });
};
