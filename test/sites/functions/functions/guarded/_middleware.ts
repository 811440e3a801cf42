export const onRequest = async ({ request, next }: any) => {
  if (request.headers.get("authorization") !== "Bearer yes") return new Response("denied", { status: 403 });
  const response = await next();
  response.headers.set("x-guard", "passed");
  return response;
};
