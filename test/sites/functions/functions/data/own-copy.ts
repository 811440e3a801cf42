export const onRequest = [
  async ({ request, next }: any) => {
    const text = await request.text();
    const response = await next();
    return new Response(`${text}|${await response.text()}`);
  },
  async ({ request }: any) => new Response(await request.text()),
];
