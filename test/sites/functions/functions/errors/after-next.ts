export const onRequest = async ({ next }: any) => {
  await next();
  throw new Error("after next");
};
