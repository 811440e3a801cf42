// Replaces the request in the way that the query names.

const ways: Record<string, (context: any) => Promise<Response>> = {
  nothing: ({ next }) => next(),
  path: ({ next }) => next("/other?y=1"),
  "path-and-init": ({ next }) => next("/other", { method: "POST", body: "new", headers: { "x-own": "set" } }),
  url: ({ next, request }) => next(new URL("/other", request.url), { method: "DELETE" }),
  request: ({ next, request }) =>
    next(
      new Request(new URL("/other", request.url), {
        method: "PUT",
        body: "new",
        headers: { "x-own": "set" },
      }),
    ),
  "request-and-init": ({ next, request }) => next(request, { headers: { "x-own": "set" } }),
  assigned(context) {
    context.request = new Request("http://other.test/other");
    context.params = { other: "1" };
    context.functionPath = "/other";
    return context.next();
  },
};

export const onRequest = (context: any) =>
  ways[new URL(context.request.url).searchParams.get("by") ?? "nothing"]!(context);
