import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { RoutingCondition, RoutingRule } from "../../../../src/contract/routing.ts";
import { createCapturer, createRouteMatcher } from "../../../../src/edge/phases/route-match.ts";
import { canonicalPath, mayLeavePrefix } from "../../../../src/edge/phases/route-path.ts";

function ruleFor(when: RoutingCondition): RoutingRule {
  return { when, action: { kind: "upstream", upstream: "app" } };
}

/** The index of the rule, `none` or `ambiguous`. */
function find(conditions: RoutingCondition[], url: string, init: RequestInit = {}) {
  const match = createRouteMatcher(conditions.map(ruleFor));
  const found = match(new Request(url.startsWith("/") ? `http://site.test${url}` : url, init));
  return found.kind === "hit" ? found.index : found.kind;
}

describe("conditions", () => {
  it("all have to hold, and the first route that fits is taken", () => {
    const routes = [{ path: "/a", methods: ["POST"] }, { path: "/a" }, {}];
    expect(find(routes, "/a", { method: "POST" })).toBe(0);
    expect(find(routes, "/a")).toBe(1);
    expect(find(routes, "/b")).toBe(2);
    expect(find([{ path: "/a" }], "/b")).toBe("none");
  });

  it.each([
    ["http://SHOP.test/", 0],
    ["http://shop.test:8080/", 0],
    ["http://shop.test./", 0],
    ["http://a.b.wild.test/", 1],
    ["http://wild.test/", "none"],
    ["http://evilshop.test/", "none"],
    ["http://evilwild.test/", "none"],
  ])("compare the host %s whole", (url, expected) => {
    expect(find([{ hosts: ["shop.test"] }, { hosts: ["*.wild.test"] }], url)).toBe(expected);
  });

  it("look at fields and cookies, for any value or for one", () => {
    const routes = [{ headers: [{ name: "x-beta", value: "1" }] }, { cookies: [{ name: "beta" }] }];
    expect(find(routes, "/", { headers: { "x-beta": "1" } })).toBe(0);
    expect(find(routes, "/", { headers: { "x-beta": "2" } })).toBe("none");
    expect(find(routes, "/", { headers: { cookie: "a=1; beta=0" } })).toBe(1);
    expect(find(routes, "/", { headers: { cookie: "alphabeta=0" } })).toBe("none");
  });
});

describe("spellings", () => {
  const GUARDED = [{ path: "/admin/*" }, { path: "/*" }];

  it.each(["/%61dmin/x", "/adm%69n/x", "/x/../admin/x", "/x/%2e%2e/admin/x"])(
    "%s is a path below /admin/",
    (path) => expect(find(GUARDED, path)).toBe(0),
  );

  it.each([
    "//admin/x",
    "/admin%2Fx",
    "/x/..%2fadmin/x",
    "/x%2f..%2fadmin/x",
    "/x/..%5cadmin/x",
    "/%2561dmin%2f..%2f..%2fadmin/x",
    "/;a/admin/x",
  ])("%s is refused, because it could be read as one", (path) =>
    expect(find(GUARDED, path)).toBe("ambiguous"),
  );

  it.each([
    "/api/..%2fadmin",
    "/api/%2e%2e%2fadmin",
    "/api/..%5cadmin",
    "/api/%252e%252e%252fadmin",
    "/api/%25252e%25252e/admin",
    "/api/..;/admin",
    "/api/.;a=b/admin",
    "/api/%2e%2e;x%2fadmin",
    "/api/x%00.png",
    "/api/%",
    "/api/%zz",
  ])("%s cannot leave the prefix that it was matched by", (path) => {
    expect(["ambiguous", "none"]).toContain(find([{ path: "/api/*" }], path));
  });

  it.each([
    "/api/a%2Fb",
    "/api/caf%C3%A9",
    "/api/a%20b",
    "/api/100%25",
    "/api/..a/b",
    "/api/a..",
    "/api/%E9",
    "/api/...",
    "/api/a;b",
  ])("%s is an ordinary path", (path) => expect(find([{ path: "/api/*" }], path)).toBe(0));

  it.each(["/api/admin;a/x", "/api/admin;a=b;c/x", "/api/admin%3Ba/x"])(
    "%s is refused, because servers that cut parameters off read another route",
    (path) => expect(find([{ path: "/api/admin/*" }, { path: "/api/*" }], path)).toBe("ambiguous"),
  );

  it("of patterns beyond ASCII are those of URLs", () => {
    expect(find([{ path: "/café/*" }], "/caf%c3%a9/x")).toBe(0);
  });
});

describe("the case of letters", () => {
  const FUNCTIONS = { kind: "function" } as const;
  const auth = { kind: "basic", realm: "site", users: {} } as const;
  const kindOf = (rules: RoutingRule[], path: string) =>
    createRouteMatcher(rules)(new Request(`http://site.test${path}`)).kind;

  it.each(["/ADMIN/x", "/Admin/x", "/%41dmin/x", "/admin/X"])(
    "does not lead past authentication: functions answer %s too",
    (path) => expect(kindOf([{ when: { path: "/admin/*" }, action: FUNCTIONS, auth }], path)).toBe("hit"),
  );

  it("does not lead past a fixed answer that keeps a path from everybody", () => {
    const action: RoutingRule["action"] = { kind: "answer", status: 403, headers: [], body: "" };
    expect(kindOf([{ when: { path: "/Internal/:id/x" }, action }], "/internal/7/X")).toBe("hit");
  });

  it("tells other routes apart, so that one may redirect to its own path in lower case", () => {
    expect(find([{ path: "/Blog/*" }], "/blog/x")).toBe("none");
  });

  it("stays as it was sent in what the wildcards take", () => {
    const capture = createCapturer("/Api/:name/*");
    expect([...capture(new Request("http://site.test/api/Ann/X/y"))]).toEqual([
      ["name", "Ann"],
      ["splat", "X/y"],
    ]);
  });
});

/** Reads a path as carelessly as the worst server does, decoding `turns` times. */
function readCarelessly(path: string, turns: number): string {
  let text = path;
  for (let turn = 0; turn < turns; turn += 1) {
    text = text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
  }
  const kept: string[] = [];
  for (const segment of text
    .replaceAll("\\", "/")
    .split("/")
    .map((part) => part.split(";")[0] as string)) {
    if (segment === "..") kept.pop();
    else if (segment !== "" && segment !== ".") kept.push(segment);
  }
  return `/${kept.join("/")}`;
}

it("lets nothing through that a careless server could read as a path outside the prefix", () => {
  const piece = fc.constantFrom(
    "..",
    ".",
    "/",
    "%2f",
    "%2F",
    "%5c",
    "%2e",
    "%252e",
    "%252f",
    "%25",
    ";",
    "a",
    "\\",
    "%3b",
    "25",
    "2e",
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 10 }), fc.integer({ min: 0, max: 4 }), (pieces, turns) => {
      const { pathname } = new URL(`http://site.test/api/${pieces.join("")}`);
      fc.pre(pathname.startsWith("/api/") && !mayLeavePrefix(pathname));
      expect(readCarelessly(pathname, turns)).toMatch(/^\/api(?:\/|$)/);
    }),
    { numRuns: 5_000 },
  );
});

describe("canonical paths", () => {
  it("decode what needs no escape and leave the rest", () => {
    expect(canonicalPath("/%7euser/%2f%61%e9")).toBe("/~user/%2Fa%E9");
  });

  it("are their own canonical paths", () => {
    fc.assert(
      fc.property(fc.webPath(), (path) => {
        expect(canonicalPath(canonicalPath(path))).toBe(canonicalPath(path));
      }),
    );
  });
});
