export const onRequest = async ({ next }: any) => {
  const response = await next();
  response.headers.set("x-middleware", "ran");
  return response;
};
