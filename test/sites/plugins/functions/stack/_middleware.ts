import shopPlugin from "../../src/shop-plugin.ts";

const recover = async ({ next }: any) => {
  try {
    return await next();
  } catch (error: any) {
    return new Response(`caught ${error.message}`, { status: 502 });
  }
};

export const onRequest = [recover, shopPlugin({ currency: "EUR" }), shopPlugin({ currency: "CHF" })];
