// What next() and env.ASSETS.fetch() give for each kind of argument.

async function describe(answer: Promise<Response>): Promise<unknown> {
  const response = await answer;
  const { pathname } = new URL(response.url || "http://none/none");
  return {
    status: response.status,
    location: response.headers.get("location"),
    type: response.headers.get("content-type")?.split(";")[0] ?? null,
    hostRule: response.headers.get("x-host-rule"),
    from: pathname,
    redirected: response.redirected,
    text: await response.text(),
  };
}

const cases: Record<string, (context: any) => Promise<Response>> = {
  path: ({ next }) => next("/docs/intro"),
  "path-with-query": ({ next }) => next("/docs/intro?x=1"),
  relative: ({ next }) => next("../docs/intro"),
  address: ({ next }) => next("https://other.test/docs/intro"),
  url: ({ next, request }) => next(new URL("/docs/intro", request.url)),
  request: ({ next, request }) => next(new Request(new URL("/docs/intro", request.url))),
  followed: ({ next }) => next("/docs/intro.html"),
  "not-followed": ({ next }) => next("/docs/intro.html", { redirect: "manual" }),
  posted: ({ next }) => next("/docs/intro", { method: "POST", body: "x" }),
  asked: ({ next }) => next("/docs/intro", { method: "HEAD" }),
  missing: ({ next }) => next("/docs/none"),
  undefined: ({ next }) => next(undefined),
  "assets-host": ({ env }) => env.ASSETS.fetch("https://other.test/docs/intro"),
  "assets-followed": ({ env }) => env.ASSETS.fetch("https://any.test/docs/intro.html?q=1"),
  "assets-not-followed": ({ env }) =>
    env.ASSETS.fetch("https://any.test/docs/intro.html", { redirect: "manual" }),
  "assets-request": ({ env, request }) => env.ASSETS.fetch(request),
};

export const onRequest = async (context: any) =>
  Response.json(await describe(cases[context.params.case]!(context)));
