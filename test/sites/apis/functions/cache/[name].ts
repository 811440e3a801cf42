// caches.default and named caches; what is put stays there for the next request.

declare const caches: any;

const keyOf = ({ request, params }: any) => new URL(`/cached/${params.name}`, request.url).href;

export const onRequestPut = async (context: any) => {
  const { request } = context;
  const headers = {
    "cache-control": request.headers.get("x-cache-control") ?? "max-age=60",
    "x-made": "yes",
  };
  await caches.default.put(keyOf(context), new Response(await request.text(), { headers }));
  return new Response(null, { status: 204 });
};
export const onRequestGet = async (context: any) =>
  (await caches.default.match(keyOf(context))) ?? new Response("not cached", { status: 404 });
export const onRequestDelete = async (context: any) =>
  Response.json({ deleted: await caches.default.delete(keyOf(context)) });
export const onRequestPost = async (context: any) => {
  const named = await caches.open("other");
  await named.put(keyOf(context), new Response("named", { headers: { "cache-control": "max-age=60" } }));
  return Response.json({
    named: await (await named.match(keyOf(context)))?.text(),
    default: (await caches.default.match(keyOf(context))) === undefined,
  });
};
