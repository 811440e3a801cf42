const CHUNK = new Uint8Array(64 * 1024).fill(97);
export const onRequestGet = ({ request }: any) => {
  let left = Number(new URL(request.url).searchParams.get("bytes"));
  return new Response(
    new ReadableStream({
      pull(controller) {
        if (left === 0) return controller.close();
        const part = CHUNK.subarray(0, Math.min(left, CHUNK.length)).slice();
        left -= part.length;
        controller.enqueue(part);
      },
    }),
    { headers: { "content-type": "application/octet-stream" } },
  );
};
export const onRequestPost = async ({ request }: any) => {
  let bytes = 0;
  let sum = 0;
  for await (const chunk of request.body) {
    bytes += chunk.length;
    for (let i = 0; i < chunk.length; i += 4096) sum = (sum + chunk[i]) % 65521;
  }
  return Response.json({ bytes });
};
