export const onRequest = async ({ request, params, functionPath }: any) => {
  const { pathname, search } = new URL(request.url);
  const body = request.method === "GET" ? null : await request.text();
  const [own, sent] = [request.headers.get("x-own"), request.headers.get("x-sent")];
  return Response.json({
    method: request.method,
    path: pathname + search,
    own,
    sent,
    body,
    params,
    functionPath,
  });
};
