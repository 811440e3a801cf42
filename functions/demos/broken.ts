// A handler that fails, to show what the visitor sees.

import type { PagesFunction } from "causeway";

export const onRequestGet: PagesFunction = () => {
  throw new Error("This function fails on purpose");
};
