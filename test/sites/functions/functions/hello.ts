export const onRequestGet = () => new Response("hello");
export const onRequestPost = async ({ request }: { request: Request }) =>
  new Response(`got ${await request.text()}`, { status: 201 });
