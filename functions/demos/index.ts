// /demos has no page of its own: on to the first demo.

import type { PagesFunction } from "causeway";

export const onRequestGet: PagesFunction = ({ request }) =>
  Response.redirect(new URL("/demos/hello/Ada", request.url), 302);
