// In front of every route below /api: how long it took, and JSON also when it fails.

import type { PagesFunction } from "causeway";

const timed: PagesFunction = async ({ next }) => {
  const startedAt = Date.now();
  const response = await next();
  response.headers.set("server-timing", `function;dur=${Date.now() - startedAt}`);
  return response;
};

const failingInJson: PagesFunction = async ({ next }) => {
  try {
    return await next();
  } catch (error) {
    console.error(error);
    return Response.json({ error: "internal error" }, { status: 500 });
  }
};

export const onRequest = [timed, failingInJson];
