// Who asks, as functions on Pages know it.
export const onRequest = ({ request }: { request: Request }) =>
  new Response(request.headers.get("cf-connecting-ip") ?? "nobody");
