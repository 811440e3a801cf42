export const onRequest = () => new Response("x", { headers: { "x-name": "a\x01b" } });
