import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { readCausewayConfig } from "../../../../src/config/causeway-config-read.ts";
import type { Handler } from "../../../../src/contract/handler.ts";
import { UpstreamUnreachableError } from "../../../../src/contract/transport.ts";
import { requireVariables } from "../../../../src/edge/guards/read-secret.ts";
import { sign } from "../../../sites/guards/tokens.ts";
import { createGuardedSite } from "./guarded-site.ts";

const servers: Server[] = [];
afterEach(() => {
  vi.useRealTimers();
  for (const server of servers.splice(0)) server.close();
});

describe("secrets from variables", () => {
  it("are read when the site starts", async () => {
    const users = { ann: { env: "ANN" }, bob: { env: "BOB" } };
    const digest = `sha256:${Buffer.from(await crypto.subtle.digest("SHA-256", Buffer.from("b"))).toString("hex")}`;
    const site = createGuardedSite({ auth: { basic: { users } } }, { env: { ANN: "a", BOB: digest } });
    const status = async (text: string) =>
      (await site.ask("/", { headers: { authorization: `Basic ${btoa(text)}` } })).status;
    expect([
      await status("ann:a"),
      await status("bob:b"),
      await status(`bob:${digest}`),
      await status("ann:"),
    ]).toEqual([200, 200, 401, 401]);
  });

  it("that are missing stop the start, all by name", () => {
    const route = { when: {}, action: { kind: "function" as const } };
    const auth = {
      kind: "basic" as const,
      realm: "",
      users: { a: { env: "A" }, b: { env: "B" }, c: "sha256:" },
    };
    const section = { upstreams: {}, routes: [{ ...route, auth }], trustedProxies: [] };
    expect(() => requireVariables(section, { A: "", B: undefined })).toThrow(
      /: the variable "A" is not set, the variable "B" is not set/,
    );
    expect(() => requireVariables(section, { A: "1" })).toThrow(/variable "B" is not set/);
    expect(() => requireVariables(section, { A: "1", B: "2" })).not.toThrow();
  });

  it("that are too short to sign with stop it, too", () => {
    const { section } = readCausewayConfig({
      auth: { jwt: { algorithms: ["HS256", "HS512"], secret: { env: "S" } } },
    });
    expect(() => requireVariables(section, { S: "s".repeat(63) })).toThrow(/"S" has less than 64 bytes/);
    expect(() => requireVariables(section, { S: "s".repeat(64) })).not.toThrow();
  });
});

describe("tokens", () => {
  let pair: Awaited<ReturnType<typeof generateKeyPair>>;
  let other: typeof pair;
  let publicJwk: string;

  beforeAll(async () => {
    [pair, other] = [await generateKeyPair("RS256"), await generateKeyPair("RS256")];
    publicJwk = JSON.stringify(await exportJWK(pair.publicKey));
  });

  const issue = (key: CryptoKey, kid?: string) =>
    new SignJWT({ sub: "ann" })
      .setProtectedHeader({ alg: "RS256", ...(kid === undefined ? {} : { kid }) })
      .setExpirationTime("1h")
      .sign(key);
  const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });

  it("are checked by a public key, which is no secret for HMAC", async () => {
    const site = createGuardedSite({ auth: { jwt: { algorithms: ["RS256"], publicKey: publicJwk } } });
    const status = async (token: string) => (await site.ask("/", bearer(token))).status;
    expect(await status(await issue(pair.privateKey))).toBe(200);
    expect(await status(await issue(other.privateKey))).toBe(401);
    expect(await status(sign({ exp: 4_000_000_000 }, { alg: "HS256" }, publicJwk))).toBe(401);
    expect(await status(sign({ exp: 4_000_000_000 }, { alg: "RS256" }, publicJwk))).toBe(401);
  });

  it("cannot bring their own key", async () => {
    const site = createGuardedSite({ auth: { jwt: { algorithms: ["RS256"], publicKey: publicJwk } } });
    const jwk = await exportJWK(other.publicKey);
    const token = await new SignJWT({})
      .setProtectedHeader({ alg: "RS256", jwk })
      .setExpirationTime("1h")
      .sign(other.privateKey);
    expect((await site.ask("/", bearer(token))).status).toBe(401);
  });

  it("are given some time by the clock of the site", async () => {
    const at = (seconds: number) => () => seconds * 1_000;
    const jwt = {
      algorithms: ["HS256"],
      secret: "a secret of the tests, of more than 32 bytes",
      clockTolerance: "5s",
    };
    const status = async (now: number) =>
      (await createGuardedSite({ auth: { jwt } }, { now: at(now) }).ask("/", bearer(sign({ exp: 1_000 }))))
        .status;
    expect([await status(1_004), await status(1_005)]).toEqual([200, 401]);
  });

  it("carry claims on, several as a list, and nothing that is no plain value", async () => {
    const claims = {
      "x-user": "sub",
      "x-roles": "roles",
      "x-deep": "deep",
      "x-none": "none",
      "x-proto": "__proto__",
    };
    const jwt = { algorithms: ["HS256"], secret: "a secret of the tests, of more than 32 bytes", claims };
    const site = createGuardedSite({ auth: { jwt } });
    await site.ask("/", bearer(sign({ exp: 4_000_000_000, sub: "ann", roles: ["a", "b"], deep: { a: 1 } })));
    expect(Object.fromEntries(site.fields())).toMatchObject({ "x-user": "ann", "x-roles": "a,b" });
    expect(["x-deep", "x-none", "x-proto"].filter((name) => site.fields().has(name))).toEqual([]);
  });

  /** Publishes keys; counts how often they are fetched. */
  async function publish() {
    const state = { keys: [] as object[], status: 200, fetched: 0 };
    const server = createServer((_, response) => {
      state.fetched += 1;
      response.writeHead(state.status).end(JSON.stringify({ keys: state.keys }));
    });
    servers.push(server);
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const { port } = server.address() as AddressInfo;
    return { state, url: `http://127.0.0.1:${port}/keys` };
  }

  it("are checked by published keys, fetched once, and again for a new one within bounds", async () => {
    const { state, url } = await publish();
    state.keys = [{ ...(await exportJWK(pair.publicKey)), kid: "1", alg: "RS256" }];
    const site = createGuardedSite({ auth: { jwt: { algorithms: ["RS256"], jwks: url } } });
    const status = async (token: string) => (await site.ask("/", bearer(token))).status;
    const first = await issue(pair.privateKey, "1");
    expect([await status(first), await status(first), state.fetched]).toEqual([200, 200, 1]);
    const second = await issue(other.privateKey, "2");
    for (let count = 0; count < 20; count += 1) expect(await status(second)).toBe(401);
    expect(state.fetched).toBe(1);
    state.keys.push({ ...(await exportJWK(other.publicKey)), kid: "2", alg: "RS256" });
    vi.useFakeTimers({ now: Date.now() + 31_000, toFake: ["Date"] });
    expect([await status(second), state.fetched]).toEqual([200, 2]);
    // The issuer goes away: what is known goes on.
    state.status = 500;
    vi.setSystemTime(Date.now() + 700_000);
    expect([await status(first), state.fetched]).toEqual([200, 3]);
  });

  it("are neither good nor bad while there are no keys", async () => {
    const { state, url } = await publish();
    state.status = 500;
    const site = createGuardedSite({ auth: { jwt: { algorithms: ["RS256"], jwks: url } } });
    const token = await issue(pair.privateKey, "1");
    for (let count = 0; count < 5; count += 1) expect((await site.ask("/", bearer(token))).status).toBe(503);
    expect(state.fetched).toBe(1);
    expect(site.passed).toEqual([]);
  });
});

describe("the word of another server", () => {
  const seen: Request[] = [];
  const guarded = (answer: Handler, timeout = "5s") =>
    createGuardedSite(
      {
        upstreams: { verifier: "http://127.0.0.1:9" },
        auth: { request: { upstream: "verifier", path: "/verify?a=b", copy: ["X-User"], timeout } },
      },
      {
        upstreams: {
          verifier: (request, env, context) => {
            seen.push(request);
            return answer(request, env, context);
          },
        },
      },
    );

  it("is asked with what the client sent, less its body", async () => {
    const site = guarded(
      () => new Response(null, { status: 204, headers: { "x-user": "ann", "x-other": "1" } }),
    );
    const headers = {
      cookie: "a=1",
      authorization: "Bearer x",
      "content-type": "text/plain",
      "x-original-uri": "/forged",
      X_Original_Method: "forged",
      "if-none-match": "*",
      range: "bytes=0-0",
      upgrade: "websocket",
      connection: "upgrade, x-user",
      "x-user": "eve",
    };
    seen.length = 0;
    expect((await site.ask("/a%20b?c=d", { method: "POST", body: "text", headers })).status).toBe(200);
    const [question] = seen;
    expect([question?.method, question?.url, question?.body]).toEqual([
      "GET",
      "http://site.test/verify?a=b",
      null,
    ]);
    expect(Object.fromEntries(question?.headers ?? [])).toEqual({
      cookie: "a=1",
      authorization: "Bearer x",
      "x-original-method": "POST",
      "x-original-uri": "/a%20b?c=d",
      "x-forwarded-method": "POST",
      "x-forwarded-uri": "/a%20b?c=d",
    });
    expect([site.fields().get("x-user"), site.fields().get("x-other")]).toEqual(["ann", null]);
  });

  it("leaves a client nobody when it names none", async () => {
    const site = guarded(() => new Response(null));
    await site.ask("/", { headers: { "X-User": "eve", X_User: "eve", "X.User": "eve" } });
    expect([...site.fields().keys()].filter((name) => name.includes("user"))).toEqual([]);
  });

  it("goes on to the client as 401 or 403, with its challenge only", async () => {
    for (const status of [401, 403]) {
      const headers = { "www-authenticate": "Custom", "x-secret": "1" };
      const response = await guarded(() => new Response("inner", { status, headers })).ask("/");
      expect([
        response.status,
        response.headers.get("www-authenticate"),
        response.headers.get("x-secret"),
      ]).toEqual([status, "Custom", null]);
      expect(await response.text()).not.toContain("inner");
    }
  });

  it.each([
    ["a redirect", () => new Response(null, { status: 302 }), 502],
    ["a failure", () => new Response("no", { status: 500 }), 502],
    ["nobody there", () => Promise.reject(new UpstreamUnreachableError("verifier", 503, "gone")), 503],
    ["something thrown", () => Promise.reject(new Error("thrown")), 502],
    ["silence", () => new Promise<Response>(() => {}), 504],
  ])("lets nobody in for %s", async (_name, answer, status) => {
    const site = guarded(answer as Handler, "50ms");
    expect((await site.ask("/")).status).toBe(status);
    expect(site.passed).toEqual([]);
  });
});
