import { generateKeyPairSync } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { loadCausewayConfig } from "../../../src/config/causeway-config-load.ts";
import { readCausewayConfig } from "../../../src/config/causeway-config-read.ts";

const mistakesOf = (value: unknown) => readCausewayConfig(value).mistakes;
const textsOf = (value: unknown) => mistakesOf(value).map(({ message }) => message);
const SECRET = "a secret that nobody knows, of 32 bytes";
const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 })
  .publicKey.export({ type: "spki", format: "pem" })
  .toString();
const ec = generateKeyPairSync("ec", { namedCurve: "P-256" })
  .publicKey.export({ type: "spki", format: "pem" })
  .toString();

describe("guards in a configuration", () => {
  it("are read for the site and for routes", () => {
    const { section, mistakes } = readCausewayConfig({
      limit: [
        { rate: "10/s", burst: 20 },
        { connections: 5, key: { header: "X-Key" } },
      ],
      deny: ["10.0.0.0/8", "2001:db8::/32", "unix"],
      cors: { origin: "https://App.test", maxAge: "1h" },
      csrf: true,
      clients: { headerTimeout: "10s", minBodyRate: "1KB/s", maxHeaderSize: "8KB", maxHeaders: 50 },
      routes: [
        {
          path: "/a",
          limit: false,
          cors: false,
          csrf: false,
          secureHeaders: { "X-Frame-Options": "DENY" },
          function: true,
        },
      ],
    });
    expect(mistakes).toEqual([]);
    expect(section.guards).toMatchObject({
      addresses: { allow: [], deny: ["10.0.0.0/8", "2001:db8::/32", "unix"] },
      limits: [
        {
          key: { kind: "client" },
          rate: { intervalMs: 100, burst: 20, delays: false },
          connections: 0,
          maxKeys: 16_384,
        },
        { key: { kind: "header", name: "x-key" }, connections: 5 },
      ],
      cors: { origins: ["https://app.test"], maxAgeSeconds: 3_600 },
      csrf: { origins: [] },
    });
    const zones = section.guards?.limits ? section.guards.limits.map(({ zone }) => zone) : [];
    expect(new Set(zones).size).toBe(2);
    expect(section.clients).toEqual({
      headerTimeoutMs: 10_000,
      minBodyBytesPerSecond: 1_024,
      maxHeaderBytes: 8_192,
      maxHeaderCount: 50,
    });
    const [route] = section.routes;
    expect([route?.limits, route?.cors, route?.csrf, route?.auth]).toEqual([false, false, false, undefined]);
    expect(route?.secureHeaders).toMatchObject({ set: [["x-frame-options", "DENY"]] });
  });

  it("hold no password as it is, and no secret that is in a variable", () => {
    const { section } = readCausewayConfig({
      auth: { basic: { users: { ann: "plain password", bob: { env: "BOB" } } } },
    });
    expect(JSON.stringify(section)).not.toContain("plain password");
    expect(section.guards?.auth).toMatchObject({ users: { bob: { env: "BOB" } } });
  });

  it.each<[string, unknown, RegExp]>([
    ["no address", { allow: ["10.0.0.0/33"] }, /"allow\[0\]" is no address/],
    ["octal", { deny: ["010.0.0.1"] }, /is no address/],
    ["a zone", { deny: ["fe80::1%eth0"] }, /is no address/],
    ["an empty list", { allow: [] }, /lets nobody in/],
    ["a rate without a time", { limit: { rate: "10" } }, /must be a number of requests in a time/],
    ["a rate of nothing", { limit: { rate: "0/s" } }, /must be a number of requests in a time/],
    ["nothing limited", { limit: { burst: 5 } }, /limits nothing/],
    ["delay without burst", { limit: { rate: "1/s", excess: "delay" } }, /has nobody to delay/],
    ["an unknown key", { limit: { rate: "1/s", key: { query: "a" } } }, /names no key/],
    ["credentials for everybody", { cors: { origin: "*", credentials: true } }, /would let every site act/],
    ["an origin with a path", { cors: { origin: "https://a.test/" } }, /must be an origin/],
    ["no origin", { cors: {} }, /must be an origin/],
    ["reflected fields", { cors: { origin: "*", headers: ["*"] } }, /is no name/],
    ["an origin for CSRF", { csrf: { origins: ["a.test"] } }, /must be an origin/],
    ["a field's value", { secureHeaders: { "x-a": "a\nb" } }, /is no field/],
    ["two ways", { auth: { basic: { users: { a: "b" } }, jwt: {} } }, /exactly one of basic, jwt, request/],
    ["no users", { auth: { basic: {} } }, /names no users/],
    ["a variable's name", { auth: { basic: { users: { a: { env: "A-B" } } } } }, /must name a variable/],
    ["no algorithms", { auth: { jwt: { secret: SECRET } } }, /must say how tokens are signed/],
    [
      "the algorithm none",
      { auth: { jwt: { secret: SECRET, algorithms: ["none"] } } },
      /is no algorithm that is safe/,
    ],
    [
      "an algorithm from nowhere",
      { auth: { jwt: { secret: SECRET, algorithms: ["hs256"] } } },
      /is no algorithm/,
    ],
    ["no key", { auth: { jwt: { algorithms: ["HS256"] } } }, /exactly one of secret, publicKey, jwks/],
    [
      "two keys",
      { auth: { jwt: { algorithms: ["HS256"], secret: SECRET, jwks: "https://a.test" } } },
      /exactly one of secret/,
    ],
    [
      "a secret for RSA",
      { auth: { jwt: { algorithms: ["HS256", "RS256"], secret: SECRET } } },
      /is no key for "RS256"/,
    ],
    [
      "a public key for HMAC",
      { auth: { jwt: { algorithms: ["RS256", "HS256"], publicKey: rsa } } },
      /is no key for "HS256"/,
    ],
    [
      "published keys for HMAC",
      { auth: { jwt: { algorithms: ["HS256"], jwks: "https://a.test/keys" } } },
      /is no key for "HS256"/,
    ],
    [
      "another curve",
      { auth: { jwt: { algorithms: ["ES384"], publicKey: ec } } },
      /of type ec, not for "ES384"/,
    ],
    [
      "another kind",
      { auth: { jwt: { algorithms: ["RS256"], publicKey: ec } } },
      /of type ec, not for "RS256"/,
    ],
    ["no public key", { auth: { jwt: { algorithms: ["RS256"], publicKey: "PEM" } } }, /is no public key/],
    [
      "a short secret",
      { auth: { jwt: { algorithms: ["HS256"], secret: "secret" } } },
      /shorter than 32 bytes/,
    ],
    [
      "keys in the clear",
      { auth: { jwt: { algorithms: ["RS256"], jwks: "http://a.test/keys" } } },
      /must be an https URL/,
    ],
    [
      "a claim into Host",
      { auth: { jwt: { algorithms: ["HS256"], secret: SECRET, claims: { Host: "sub" } } } },
      /is no name for a field of one's own/,
    ],
    [
      "an unknown upstream",
      { auth: { request: { upstream: "app", path: "/v" } } },
      /There is no upstream "app"/,
    ],
    [
      "another host",
      { upstreams: { app: "http://a" }, auth: { request: { upstream: "app", path: "//b/v" } } },
      /must be a path/,
    ],
    ["a rate of bodies", { clients: { minBodyRate: "500" } }, /must be a size in a second/],
    ["an unknown key of clients", { clients: { timeout: "5s" } }, /is no known setting/],
  ])("have mistakes noted: %s", (_name, config, expected) => {
    expect(textsOf(config).join("\n")).toMatch(expected);
    for (const { remedy } of mistakesOf(config)) expect(remedy).toMatch(/\S/);
  });

  it.each([
    { algorithms: ["RS256", "PS512"], publicKey: rsa },
    { algorithms: ["ES256"], publicKey: ec },
    { algorithms: ["EdDSA"], jwks: "https://issuer.test/keys" },
    { algorithms: ["RS256"], jwks: "http://127.0.0.1:8080/keys", issuer: ["a", "b"], audience: "c" },
    { algorithms: ["HS512"], secret: { env: "SECRET" }, token: { cookie: "session" } },
  ])("take keys that fit", (jwt) => expect(textsOf({ auth: { jwt } })).toEqual([]));

  it("have all their mistakes reported at once, at their lines", async () => {
    const root = await mkdtemp(join(tmpdir(), "causeway-config-"));
    await writeFile(
      join(root, "causeway.config.ts"),
      `export default {
  limit: { rate: "often" },
  routes: [
    {
      path: "/a",
      function: true,
      allow: ["here"],
      auth: {
        jwt: {
          algorithms: ["none"],
          secret: { env: "S" },
        },
      },
    },
  ],
};
`,
    );
    const { problems } = await loadCausewayConfig(root);
    await rm(root, { recursive: true, force: true });
    expect(problems.map(({ line }) => line).sort((a, b) => Number(a) - Number(b))).toEqual([2, 7, 10]);
  });
});
