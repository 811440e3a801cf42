// Its body goes on until the client has had enough.
export const onRequest = () =>
  new Response(
    new ReadableStream({
      async pull(controller) {
        controller.enqueue(new TextEncoder().encode("."));
        await new Promise((resolve) => setTimeout(resolve, 20));
      },
    }),
  );
