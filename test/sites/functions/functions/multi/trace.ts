export const onRequest = ({ request }: any) =>
  Response.json({
    parent: request.headers.get("traceparent"),
    state: request.headers.get("tracestate"),
  });
