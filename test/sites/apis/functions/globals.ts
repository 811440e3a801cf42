// What code may count on without asking which runtime it runs on.

declare const scheduler: any;

export const onRequestGet = async ({ request }: any) => {
  await scheduler.wait(1);
  const key = await crypto.subtle.importKey(
    "raw",
    new Uint8Array(32),
    { name: "HMAC", hash: "SHA-256" },
    false,
    ["sign"],
  );
  const signature = await crypto.subtle.sign("HMAC", key, new TextEncoder().encode("text"));
  return Response.json({
    cf: typeof request.cf,
    signatureBytes: signature.byteLength,
    uuid: /^[0-9a-f-]{36}$/.test(crypto.randomUUID()),
    url: new URLPattern({ pathname: "/a/:b" }).exec("http://x/a/7")?.pathname.groups,
    clone: structuredClone(new Map([["a", 1]])).get("a"),
    userAgent: navigator.userAgent,
    // Without nodejs_compat the globals of Node are not there.
    node: [typeof process, typeof Buffer],
  });
};
