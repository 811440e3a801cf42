export const onRequestPost = ({ request }: any) => {
  const decoder = new TextDecoder();
  const encoder = new TextEncoder();
  return new Response(
    request.body.pipeThrough(
      new TransformStream({
        transform: (chunk: Uint8Array, controller: any) =>
          controller.enqueue(encoder.encode(decoder.decode(chunk, { stream: true }).toUpperCase())),
      }),
    ),
    { headers: { "content-type": "text/plain" } },
  );
};
