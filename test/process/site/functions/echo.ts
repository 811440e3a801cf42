export const onRequestPost = async ({ request }: { request: Request }) => new Response(await request.text());
