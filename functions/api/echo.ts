// Any method on /api/echo: what arrived, as JSON.

import type { PagesFunction } from "causeway";

export const onRequest: PagesFunction = async ({ request }) => {
  const url = new URL(request.url);
  return Response.json({
    method: request.method,
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    userAgent: request.headers.get("user-agent"),
    body: await request.text(),
  });
};
