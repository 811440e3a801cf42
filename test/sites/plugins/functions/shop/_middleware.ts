import shopPlugin from "../../src/shop-plugin.ts";

export const onRequest = shopPlugin({ currency: "EUR" });
