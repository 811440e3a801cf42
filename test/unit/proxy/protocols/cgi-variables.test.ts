import { describe, expect, it } from "vitest";
import type { UpstreamRequest, UpstreamServer } from "../../../../src/contract/transport.ts";
import { createCgiVariables } from "../../../../src/proxy/protocols/cgi-variables.ts";

function variablesOf(request: Partial<UpstreamRequest>, server: Partial<UpstreamServer> = {}) {
  const list = createCgiVariables(
    {
      method: "GET",
      target: "/",
      fields: [],
      body: null,
      contentLength: undefined,
      isUpgrade: false,
      client: { address: "192.0.2.1", scheme: "http", host: "site.test:8080" },
      ...request,
    },
    {
      id: "uwsgi://a:1",
      protocol: "uwsgi",
      address: { kind: "tcp", hostname: "a", port: 1 },
      connectTimeoutMs: 0,
      maxBufferedBodyBytes: 0,
      ...server,
    },
    0,
  );
  return Object.fromEntries(
    Array.from({ length: list.length / 2 }, (_, i) => [list[2 * i], list[2 * i + 1]]),
  );
}

describe("variables", () => {
  it("tell method, path, query and who asks", () => {
    expect(variablesOf({ target: "/a%20b//c?x=%20" })).toMatchObject({
      REQUEST_METHOD: "GET",
      PATH_INFO: "/a b/c",
      REQUEST_URI: "/a%20b//c?x=%20",
      QUERY_STRING: "x=%20",
      REMOTE_ADDR: "192.0.2.1",
      SERVER_NAME: "site.test",
      SERVER_PORT: "8080",
      CONTENT_LENGTH: "",
    });
  });

  it("carry UTF-8 in paths as bytes", () => {
    expect(variablesOf({ target: "/caf%C3%A9" }).PATH_INFO).toBe("/caf\xc3\xa9");
    expect(variablesOf({ target: "/%zz%" }).PATH_INFO).toBe("/%zz%");
  });

  it("leave out fields that could pass for others, and the one that names a proxy", () => {
    const fields = [
      "x-user",
      "a",
      "x_user",
      "b",
      "x.user",
      "c",
      "proxy",
      "evil",
      "cookie",
      "a=1",
      "cookie",
      "b=2",
    ];
    const variables = variablesOf({ fields });
    expect(variables).toMatchObject({ HTTP_X_USER: "a", HTTP_COOKIE: "a=1; b=2" });
    expect(Object.keys(variables)).not.toContain("HTTP_PROXY");
    expect(Object.values(variables)).not.toContain("b");
    expect(Object.values(variables)).not.toContain("c");
  });

  it("say that a request came over https", () => {
    const client = { address: undefined, scheme: "https" as const, host: "site.test" };
    expect(variablesOf({ client })).toMatchObject({ HTTPS: "on", SERVER_PORT: "443", REMOTE_ADDR: "" });
  });
});

describe("scripts", () => {
  it("that answer every path get it behind their own", () => {
    expect(variablesOf({ target: "/a/b" }, { script: { file: "/srv/app/index.php" } })).toMatchObject({
      SCRIPT_FILENAME: "/srv/app/index.php",
      SCRIPT_NAME: "/index.php",
      DOCUMENT_ROOT: "/srv/app",
      PATH_INFO: "/a/b",
    });
  });

  it.each([
    ["/", "/srv/index.php", ""],
    ["/blog/", "/srv/blog/index.php", ""],
    ["/info.php/a/b", "/srv/info.php", "/a/b"],
    ["/a.php/b.php", "/srv/a.php", "/b.php"],
  ])("below a directory: %s is %s with %j", (target, file, info) => {
    const script = { root: "/srv", index: "index.php" };
    expect(variablesOf({ target }, { script })).toMatchObject({ SCRIPT_FILENAME: file, PATH_INFO: info });
  });
});
