// What becomes of the incoming request when it is copied, passed on or sent.

let isInside = false;

export const onRequest = async ({ request, env }: any) => {
  if (isInside) return new Response(`${request.method} ${await request.text()}`);
  const { url, body, headers } = request;
  const send = async (input: any, init?: any) => {
    isInside = true;
    const answer = await fetch(input, init).finally(() => {
      isInside = false;
    });
    return answer.text();
  };
  const withField = new Request(request.clone(), { headers: { "x-own": "1" } });
  const original = headers.get("x-own");
  const redirects = {
    request,
    copy: new Request(request.clone()),
    changed: withField,
    clone: request.clone(),
    "clone of a clone": request.clone().clone(),
    other: new Request(request.clone(), { redirect: "follow" }),
    elsewhere: new Request(url),
  };
  const page = new URL("/index.html", url);
  return Response.json({
    ...Object.fromEntries(Object.entries(redirects).map(([name, { redirect }]) => [name, redirect])),
    isRequest: request instanceof Request,
    hasBody: body !== null,
    own: [original, withField.headers.get("x-own")],
    assets: (await env.ASSETS.fetch(new Request(page, request.clone()))).status,
    "fetch of a copy": await send(new Request(request.clone(), { headers: { "x-own": "2" } })),
    "fetch of an address with the request": await send(url, request.clone()),
    "fetch with a stream": await send(url, { method: "POST", body: new Blob(["streamed"]).stream() }),
    "fetch of the request": await send(request),
  });
};
