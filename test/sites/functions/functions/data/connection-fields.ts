export const onRequest = () =>
  new Response("text", {
    headers: { upgrade: "x", "keep-alive": "timeout=99", te: "trailers", "x-kept": "yes" },
  });
