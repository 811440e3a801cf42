export const onRequest = async ({ env, request }: any) => {
  const page = await env.ASSETS.fetch(new URL("/docs/intro.html", request.url));
  const text = await page.text();
  const manual = await env.ASSETS.fetch(
    new Request(new URL("/docs/intro.html", request.url), { redirect: "manual" }),
  );
  const missing = await env.ASSETS.fetch("http://any.host/docs/none");
  const posted = await env.ASSETS.fetch(new Request(new URL("/plain.txt", request.url), { method: "POST" }));
  let relative = "no error";
  try {
    await env.ASSETS.fetch("/relative");
  } catch (error: any) {
    relative = error.name;
  }
  return Response.json({
    status: page.status,
    text,
    manual: manual.status,
    missing: missing.status,
    posted: posted.status,
    relative,
  });
};
