export const onRequest = () => {
  throw new Response("thrown", { status: 418 });
};
