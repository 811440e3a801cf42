export const onRequest = [
  ({ request, next }: any) =>
    next(
      new Request(new URL("/api/other?x=1", request.url), {
        method: "PUT",
        headers: { "x-test": "rewritten" },
        body: "new body",
      }),
    ),
  async ({ request, functionPath }: any) =>
    Response.json({
      method: request.method,
      url: new URL(request.url).pathname + new URL(request.url).search,
      header: request.headers.get("x-test"),
      body: await request.text(),
      functionPath,
    }),
];
