// Shared TypeScript, by a path of tsconfig.json and without its extension, and a module loaded on demand.

import { label } from "~/label";

export const onRequestGet = async () => {
  const late = await import("../src/late");
  return Response.json([label("now"), late.label("later")]);
};
