export const onRequest = () =>
  new Response("own", { headers: { "x-frame-options": "DENY", "content-security-policy": "none" } });
