export const onRequest = () => {
  const encoder = new TextEncoder();
  let count = 0;
  return new Response(
    new ReadableStream({
      async pull(controller) {
        await new Promise((resolve) => setTimeout(resolve, 20));
        if (count === 5) return controller.close();
        controller.enqueue(encoder.encode(`data: ${count++}\n\n`));
      },
    }),
    { headers: { "content-type": "text/event-stream", "cache-control": "no-cache" } },
  );
};
