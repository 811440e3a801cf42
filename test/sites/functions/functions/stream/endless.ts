let cancelled = 0;
let open = 0;
export const onRequestGet = ({ request }: any) => {
  if (new URL(request.url).searchParams.has("state")) return Response.json({ cancelled, open });
  open += 1;
  return new Response(
    new ReadableStream({
      async pull(controller) {
        await new Promise((resolve) => setTimeout(resolve, 10));
        controller.enqueue(new TextEncoder().encode("tick\n"));
      },
      cancel() {
        cancelled += 1;
        open -= 1;
      },
    }),
    { headers: { "content-type": "text/plain" } },
  );
};
