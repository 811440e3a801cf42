export const onRequest = () =>
  new Response("a name beyond ASCII", { headers: { "content-type": "text/plain;charset=UTF-8" } });
