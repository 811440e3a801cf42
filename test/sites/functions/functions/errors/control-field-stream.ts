export const onRequest = () => {
  const stream = new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode("x"));
      controller.close();
    },
  });
  return new Response(stream, { headers: { "x-name": "a\x7fb" } });
};
