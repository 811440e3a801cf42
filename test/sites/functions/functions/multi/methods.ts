export const onRequest = ({ request }: any) =>
  new Response(null, { status: 200, headers: { "x-method": request.method } });
