// What guards answer, on every runtime: who may come in, what other sites may read and send, which fields are set.

import type { Exchange } from "../../conformance/exchange.ts";
import { PUBLIC_KEY } from "./secret.ts";
import { CLAIMS, ES256_TOKEN, sign } from "./tokens.ts";

const echo = (method: string, user: string[][] = [], size = 0) => ({ json: { method, user, size } });
const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString("base64")}` });
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const secure = {
  "x-content-type-options": "nosniff",
  "x-frame-options": "SAMEORIGIN",
  "strict-transport-security": "max-age=15552000; includeSubDomains",
};
const challenge = (error: string | RegExp) => ({ "www-authenticate": error, "cache-control": "no-store" });
const { exp: _exp, ...EXPIRELESS } = CLAIMS;

const BAD_TOKENS: [name: string, token: string][] = [
  ["no signature", sign().replace(/[^.]*$/, "")],
  ["another secret", sign(CLAIMS, undefined, "a secret of somebody else, of 32 bytes")],
  ["the algorithm none", sign(CLAIMS, { alg: "none" })],
  ["the algorithm none and no signature", sign(CLAIMS, { alg: "none" }).replace(/[^.]*$/, "")],
  ["another algorithm", sign(CLAIMS, { alg: "HS512" })],
  ["a critical extension", sign(CLAIMS, { alg: "HS256", crit: ["x"], x: 1 })],
  ["a past expiry", sign({ ...CLAIMS, exp: 1 })],
  ['the expiry "never"', sign({ ...CLAIMS, exp: "never" })],
  ["an expiry that is no number", sign(JSON.stringify(CLAIMS).replace("4000000000", "NaN"))],
  ["an endless expiry", sign(JSON.stringify(CLAIMS).replace("4000000000", "1e999"))],
  ["no expiry", sign(EXPIRELESS)],
  ["a beginning to come", sign({ ...CLAIMS, nbf: 3_999_999_999 })],
  ["a beginning that is no number", sign({ ...CLAIMS, nbf: "0" })],
  ["an issue that is no number", sign({ ...CLAIMS, iat: "0" })],
  ["another issuer", sign({ ...CLAIMS, iss: "https://issuer.test.evil" })],
  ["another audience", sign({ ...CLAIMS, aud: ["sites"] })],
  ["no audience in the list", sign({ ...CLAIMS, aud: [] })],
  ["no object", sign("1")],
  ["no token", "x"],
];

export const exchanges: Exchange[] = [
  // addresses
  {
    name: "an address on the list is denied",
    path: "/denied/x",
    expect: { status: 403, headers: { ...secure, "cache-control": "no-store" } },
  },
  { name: "an address on the list is allowed", path: "/local/x", expect: { status: 200, body: echo("GET") } },
  { name: "others are not", path: "/elsewhere/x", expect: { status: 403 } },
  {
    name: "whatever they claim",
    path: "/elsewhere/x",
    headers: { "x-forwarded-for": "192.0.2.1", "x-real-ip": "192.0.2.1" },
    expect: { status: 403 },
  },
  ...["/%64enied/x", "/x/../denied/x", "/x/%2e%2e/denied/x", "/denied//x", "/DENIED/x"].map(
    (path): Exchange => ({ name: `${path} is below /denied/`, path, expect: { status: 403 } }),
  ),
  ...["//denied/x", "/denied%2fx", "/x/..%2fdenied/x", "/denied;a/x"].map(
    (path): Exchange => ({ name: `${path} is refused for its two readings`, path, expect: { status: 400 } }),
  ),
  ...["HEAD", "POST", "OPTIONS", "DELETE", "PROPFIND"].map(
    (method): Exchange => ({
      name: `${method} meets the same guard`,
      method,
      path: "/denied/x",
      expect: { status: 403 },
    }),
  ),

  // basic
  {
    name: "nobody without a password",
    path: "/basic/file.txt",
    expect: { status: 401, headers: challenge('Basic realm="Staff", charset="UTF-8"') },
  },
  {
    name: "with another one",
    path: "/basic/file.txt",
    headers: basic("ann:secrets"),
    expect: { status: 401 },
  },
  {
    name: "with the right one",
    path: "/basic/file.txt",
    headers: basic("ann:secret"),
    expect: { status: 200, body: "for staff\n" },
  },
  { name: "a file that is not there says nothing", path: "/basic/none.txt", expect: { status: 401 } },

  // tokens
  {
    name: "a good token",
    path: "/token/x",
    headers: bearer(sign()),
    expect: { status: 200, body: echo("GET", [["x-user", "ann"]]) },
  },
  {
    name: "a good token, and claims to be somebody else",
    path: "/token/x",
    headers: { ...bearer(sign()), "X-User": "eve", X_User: "eve", "X.User": "eve" },
    expect: { status: 200, body: echo("GET", [["x-user", "ann"]]) },
  },
  {
    name: "a good token that Connection would hide",
    path: "/token/x",
    headers: { ...bearer(sign()), connection: "close, x-user" },
    expect: { status: 200, body: echo("GET", [["x-user", "ann"]]) },
  },
  {
    name: "claims to be somebody, on a route without a guard",
    path: "/bare/x",
    headers: { "X-User": "eve", X_User: "eve", "X.User": "eve" },
    expect: { status: 200, body: echo("GET") },
  },
  {
    name: "one of several audiences",
    path: "/token/x",
    headers: bearer(sign({ ...CLAIMS, aud: ["other", "site"] })),
    expect: { status: 200 },
  },
  {
    name: "a user's name that no field can hold is left out",
    path: "/token/x",
    headers: bearer(sign({ ...CLAIMS, sub: "a\r\nx-admin: 1" })),
    expect: { status: 200, body: echo("GET") },
  },
  {
    name: "no token at all",
    path: "/token/x",
    expect: { status: 401, headers: challenge('Bearer realm="Restricted"') },
  },
  {
    name: "a token in another scheme",
    path: "/token/x",
    headers: { authorization: `Basic ${sign()}` },
    expect: { status: 401 },
  },
  {
    name: "two tokens",
    path: "/token/x",
    headers: { authorization: `Bearer ${sign()}, Bearer ${sign()}` },
    expect: { status: 401 },
  },
  ...BAD_TOKENS.map(
    ([name, token]): Exchange => ({
      name: `a token with ${name}`,
      path: "/token/x",
      headers: bearer(token),
      expect: { status: 401, headers: challenge(/^Bearer realm="Restricted", error="invalid_token"/) },
    }),
  ),
  {
    name: "a token that is checked by a public key",
    path: "/signed/x",
    headers: bearer(ES256_TOKEN),
    expect: { status: 200 },
  },
  ...["HS256", "ES256"].map(
    (alg): Exchange => ({
      name: `a token that was made of the public key, as ${alg}`,
      path: "/signed/x",
      headers: bearer(sign(CLAIMS, { alg }, PUBLIC_KEY)),
      expect: { status: 401 },
    }),
  ),
  {
    name: "a token of that key, changed",
    path: "/signed/x",
    headers: bearer(
      ES256_TOKEN.replace(/\.[^.]*\./, `.${btoa(JSON.stringify(CLAIMS)).replaceAll("=", "")}.`),
    ),
    expect: { status: 401 },
  },
  {
    name: "a token in a cookie",
    path: "/session/x",
    headers: { cookie: `session=${sign()}` },
    expect: { status: 200 },
  },
  {
    name: "a bearer where a cookie is wanted",
    path: "/session/x",
    headers: bearer(sign()),
    expect: { status: 401 },
  },
  {
    name: "pages of other sites can read a refusal",
    path: "/token/x",
    headers: { origin: "https://app.test" },
    expect: { status: 401, headers: { "access-control-allow-origin": "https://app.test", vary: "Origin" } },
  },
  {
    name: "a preflight needs no token",
    method: "OPTIONS",
    path: "/token/x",
    headers: { origin: "https://app.test", "access-control-request-method": "GET" },
    expect: { status: 204, headers: { "access-control-allow-origin": "https://app.test", vary: "Origin" } },
  },

  // CORS
  {
    name: "an origin on the list",
    path: "/cors/x",
    headers: { origin: "https://app.test" },
    expect: {
      status: 200,
      headers: {
        "access-control-allow-origin": "https://app.test",
        "access-control-allow-credentials": "true",
        "access-control-expose-headers": "x-shown",
        vary: /\bOrigin\b/,
      },
    },
  },
  {
    name: "a name below",
    path: "/cors/x",
    headers: { origin: "https://a.b.wild.test" },
    expect: { status: 200, headers: { "access-control-allow-origin": "https://a.b.wild.test" } },
  },
  ...[
    "https://evil.test",
    "null",
    "https://wild.test",
    "https://evilwild.test",
    "http://app.test",
    "https://app.test.evil",
    "https://app.test:444",
  ].map(
    (origin): Exchange => ({
      name: `${origin} is on no list, and the function's own word does not count`,
      path: "/cors/x",
      headers: { origin },
      expect: {
        status: 200,
        headers: {
          "access-control-allow-origin": null,
          "access-control-allow-credentials": null,
          vary: /\bOrigin\b/,
        },
      },
    }),
  ),
  {
    name: "no origin, and still Vary",
    path: "/cors/x",
    expect: { status: 200, headers: { "access-control-allow-origin": null, vary: /\bOrigin\b/ } },
  },
  {
    name: "a preflight",
    method: "OPTIONS",
    path: "/cors/x",
    headers: {
      origin: "https://app.test",
      "access-control-request-method": "PUT",
      "access-control-request-headers": "x-wanted, x-other",
    },
    expect: {
      status: 204,
      headers: {
        "access-control-allow-origin": "https://app.test",
        "access-control-allow-credentials": "true",
        "access-control-allow-methods": "GET, HEAD, PUT, PATCH, POST, DELETE",
        "access-control-allow-headers": "x-wanted",
        "access-control-max-age": "600",
        vary: "Origin",
      },
    },
  },
  {
    name: "a preflight of another site",
    method: "OPTIONS",
    path: "/cors/x",
    headers: { origin: "https://evil.test", "access-control-request-method": "PUT" },
    expect: {
      status: 204,
      headers: { "access-control-allow-origin": null, "access-control-allow-methods": null, vary: "Origin" },
    },
  },
  {
    name: "OPTIONS that is no preflight",
    method: "OPTIONS",
    path: "/cors/x",
    expect: { status: 200, body: echo("OPTIONS") },
  },
  {
    name: "any origin",
    path: "/open/x",
    headers: { origin: "https://evil.test" },
    expect: {
      status: 200,
      headers: { "access-control-allow-origin": "*", "access-control-allow-credentials": null },
    },
  },

  // CSRF
  ...(
    [
      ["GET", { "sec-fetch-site": "cross-site" }, 200],
      ["HEAD", { "sec-fetch-site": "cross-site" }, 200],
      ["OPTIONS", { "sec-fetch-site": "cross-site" }, 200],
      ["POST", { "sec-fetch-site": "same-origin" }, 200],
      ["POST", { "sec-fetch-site": "none" }, 200],
      ["POST", { "sec-fetch-site": "same-site" }, 403],
      ["POST", { "sec-fetch-site": "cross-site" }, 403],
      ["POST", { "sec-fetch-site": "same-origin, cross-site" }, 403],
      ["POST", { "sec-fetch-site": "cross-site", origin: "https://partner.test" }, 200],
      ["POST", { "sec-fetch-site": "cross-site", origin: "https://evil.test" }, 403],
      ["POST", { origin: "https://evil.test" }, 403],
      ["POST", { origin: "null" }, 403],
      ["POST", { origin: "https://site.test", host: "site.test" }, 200],
      ["POST", { origin: "https://site.test:443", host: "site.test" }, 200],
      ["POST", { origin: "https://site.test.evil", host: "site.test" }, 403],
      ["POST", {}, 200],
      ["DELETE", { "sec-fetch-site": "cross-site" }, 403],
      ["PROPFIND", { "sec-fetch-site": "cross-site" }, 403],
      ...["application/x-www-form-urlencoded", "TEXT/PLAIN", "application/json", ""].map(
        (type) => ["POST", { "sec-fetch-site": "cross-site", "content-type": type }, 403] as const,
      ),
    ] as const
  ).map(
    ([method, headers, status]): Exchange => ({
      name: `${method} with ${JSON.stringify(headers)}`,
      method,
      path: "/form/x",
      headers: { ...headers },
      ...(method === "POST" ? { body: "a=b" } : {}),
      expect: { status },
    }),
  ),

  // bodies
  {
    name: "a body within the limit",
    method: "POST",
    path: "/small/x",
    body: "0123456789",
    expect: { status: 200, body: echo("POST", [], 10) },
  },
  {
    name: "a body beyond it",
    method: "POST",
    path: "/small/x",
    body: "0123456789a",
    expect: { status: 413 },
  },

  // secure headers
  {
    name: "files have the fields of the site",
    path: "/",
    expect: { status: 200, headers: secure, body: /Home/ },
  },
  { name: "so has what is not there", path: "/none", expect: { status: 200, headers: secure } },
  {
    name: "functions have them, and no X-Powered-By",
    path: "/echo",
    expect: { status: 200, headers: { ...secure, "referrer-policy": "no-referrer", "x-powered-by": null } },
  },
  {
    name: "a route may do without",
    path: "/bare/x",
    expect: { status: 200, headers: { "x-frame-options": null, "x-powered-by": "echo" } },
  },
  {
    name: "a route names others, and a function differs from the defaults only",
    path: "/own/x",
    expect: {
      status: 200,
      headers: {
        "x-frame-options": "DENY",
        "content-security-policy": "default-src 'self'",
        "referrer-policy": null,
        "x-content-type-options": "nosniff",
      },
    },
  },
];
