import { describe, expect, it } from "vitest";
import { FrontRoutes, readHost } from "../../../../src/runtimes/many-sites/front-routes.ts";
import type { SiteRoute } from "../../../../src/runtimes/many-sites/site-route.ts";

function route(name: string, more: Partial<SiteRoute> = {}): SiteRoute {
  return { name, hosts: [name], isDefault: false, socketPath: `/run/${name}`, maxOpen: 10, ...more };
}

const named = (hostname: string | undefined) => ({ written: hostname, hostname });

describe("FrontRoutes", () => {
  it("finds a site by its host, and the default one for all others", () => {
    const routes = new FrontRoutes();
    routes.replace([route("a.test"), route("b.test")]);
    expect(routes.find(named("b.test"))?.name).toBe("b.test");
    expect(routes.find(named("c.test"))).toBeUndefined();
    expect(routes.find(named(undefined))).toBeUndefined();
    routes.replace([route("a.test", { isDefault: true }), route("b.test", { isDefault: true })]);
    expect(routes.find(named("c.test"))?.name).toBe("a.test");
    expect(routes.find(named(undefined))?.name).toBe("a.test");
  });

  it("counts on with what is open while a site stays at its socket", () => {
    const routes = new FrontRoutes();
    routes.replace([route("a.test")]);
    const before = routes.find(named("a.test"));
    if (before !== undefined) before.open = 3;
    expect(routes.replace([route("a.test", { hosts: ["other.test"], maxOpen: 5 })])).toEqual([]);
    expect(routes.find(named("other.test"))).toMatchObject({ open: 3, maxOpen: 5 });
    expect(routes.find(named("a.test"))).toBeUndefined();
  });

  it("tells which sockets are not used any more", () => {
    const routes = new FrontRoutes();
    routes.replace([route("a.test"), route("b.test"), route("c.test", { socketPath: undefined })]);
    const moved = route("a.test", { socketPath: "/run/other" });
    expect(routes.replace([moved, route("c.test")])).toEqual(["/run/a.test", "/run/b.test"]);
    expect(routes.find(named("a.test"))).toMatchObject({ socketPath: "/run/other", open: 0 });
  });

  it("knows a host for a request that named none, and prefers a whole name", () => {
    const routes = new FrontRoutes();
    routes.replace([route("a", { hosts: ["*.a.test", "a.test"], isDefault: true })]);
    expect(routes.find(named(undefined))?.host).toBe("a.test");
    routes.replace([route("a", { hosts: ["*.a.test"], isDefault: true })]);
    expect(routes.find(named(undefined))?.host).toBe("localhost");
  });
});

describe("readHost", () => {
  it.each([
    ["/x", "Shop.test:81", { written: "Shop.test:81", hostname: "shop.test" }],
    ["http://other.test/x", "shop.test", { written: "other.test", hostname: "other.test" }],
    ["https://Other.test:8443/x", "shop.test", { written: "other.test:8443", hostname: "other.test" }],
    ["//other.test/x", "shop.test", { written: "shop.test", hostname: "shop.test" }],
    ["/x", undefined, { written: undefined, hostname: undefined }],
  ])("of %s with Host %s", (target, field, host) => {
    expect(readHost(target, field)).toEqual(host);
  });
});
