// Tells what reached it.
export const onRequest = async ({ request }: { request: Request }) =>
  Response.json(
    {
      method: request.method,
      user: [...request.headers].filter(([name]) => /^x.user$/.test(name)),
      size: (await request.text()).length,
    },
    {
      headers: { "x-shown": "1", "access-control-allow-origin": "https://own.test", "x-powered-by": "echo" },
    },
  );
