import { defineConfig } from "causeway";
import { PUBLIC_KEY, SECRET } from "./secret.ts";

const LOCAL = ["127.0.0.0/8", "::1"];

export default defineConfig({
  secureHeaders: true,
  routes: [
    { path: "/denied/*", deny: LOCAL, function: true, rewrite: "/echo" },
    { path: "/local/*", allow: LOCAL, function: true, rewrite: "/echo" },
    { path: "/elsewhere/*", allow: ["192.0.2.0/24"], function: true, rewrite: "/echo" },
    { path: "/basic/*", auth: { basic: { realm: "Staff", users: { ann: "secret" } } }, static: true },
    {
      path: "/token/*",
      auth: {
        jwt: {
          algorithms: ["HS256"],
          secret: SECRET,
          issuer: "https://issuer.test",
          audience: "site",
          claims: { "x-user": "sub" },
        },
      },
      cors: { origin: "https://app.test" },
      function: true,
      rewrite: "/echo",
    },
    {
      path: "/signed/*",
      auth: { jwt: { algorithms: ["ES256"], publicKey: PUBLIC_KEY } },
      function: true,
      rewrite: "/echo",
    },
    {
      path: "/session/*",
      auth: { jwt: { algorithms: ["HS256"], secret: SECRET, token: { cookie: "session" } } },
      function: true,
      rewrite: "/echo",
    },
    {
      path: "/limited/*",
      limit: { rate: "2/h", burst: 1, key: { header: "x-key" } },
      function: true,
      rewrite: "/echo",
    },
    {
      path: "/delayed/*",
      limit: { rate: "5/s", burst: 5, excess: "delay", key: { header: "x-key" } },
      function: true,
      rewrite: "/echo",
    },
    {
      path: "/few/*",
      limit: { connections: 1, key: { header: "x-key" } },
      function: true,
      rewrite: "/wait",
    },
    {
      path: "/cors/*",
      cors: {
        origin: ["https://app.test", "https://*.wild.test"],
        credentials: true,
        headers: ["x-wanted"],
        exposeHeaders: ["x-shown"],
        maxAge: "10m",
      },
      function: true,
      rewrite: "/echo",
    },
    { path: "/open/*", cors: { origin: "*" }, function: true, rewrite: "/echo" },
    { path: "/form/*", csrf: { origins: ["https://partner.test"] }, function: true, rewrite: "/echo" },
    { path: "/small/*", maxBody: 10, function: true, rewrite: "/echo" },
    { path: "/bare/*", secureHeaders: false, function: true, rewrite: "/echo" },
    {
      path: "/own/*",
      secureHeaders: { "content-security-policy": "default-src 'self'", "referrer-policy": false },
      function: true,
      rewrite: "/own",
    },
  ],
});
