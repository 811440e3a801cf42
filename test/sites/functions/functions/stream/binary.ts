export const onRequestPost = async ({ request }: any) => {
  const bytes = new Uint8Array(await request.arrayBuffer());
  return new Response(bytes.reverse(), { headers: { "content-type": "application/octet-stream" } });
};
export const onRequestGet = () =>
  new Response(
    Uint8Array.from({ length: 256 }, (_, i) => i),
    { headers: { "content-type": "application/octet-stream" } },
  );
