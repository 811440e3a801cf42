export const onRequest = () => {
  let first = true;
  return new Response(
    new ReadableStream({
      async pull(controller) {
        if (first) {
          first = false;
          controller.enqueue(new TextEncoder().encode("half"));
          return;
        }
        await new Promise((resolve) => setTimeout(resolve, 30));
        throw new Error("the source broke in /a/secret/path");
      },
    }),
  );
};
