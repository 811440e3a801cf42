// Where a plugin stands in a catch-all, functionPath is the whole path, as on Pages.

import shopPlugin from "../../src/shop-plugin.ts";

export const onRequest = [
  shopPlugin({ currency: "EUR" }),
  ({ functionPath, params }: any) => Response.json({ functionPath, params }),
];
