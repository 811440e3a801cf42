import { describe, expect, it } from "vitest";
import { assignHosts } from "../../../src/supervisor/assign-hosts.ts";

const NOBODY = new Map<string, string>();

describe("assignHosts", () => {
  it("gives each site what it alone asks for", () => {
    const claims = [
      { site: "shop", hosts: ["shop.test", "*.shop.test"] },
      { site: "blog", hosts: ["blog.test"] },
    ];
    const { hosts, conflicts } = assignHosts(claims, NOBODY);
    expect(Object.fromEntries(hosts)).toEqual({ blog: ["blog.test"], shop: ["shop.test", "*.shop.test"] });
    expect(conflicts).toEqual([]);
  });

  it("gives what two ask for to the first by name, in whatever order they come", () => {
    const claims = [
      { site: "b", hosts: ["x.test"] },
      { site: "a", hosts: ["x.test", "x.test"] },
    ];
    for (const order of [claims, claims.toReversed()]) {
      const { hosts, conflicts } = assignHosts(order, NOBODY);
      expect(Object.fromEntries(hosts)).toEqual({ a: ["x.test"], b: [] });
      expect(conflicts).toEqual([{ host: "x.test", site: "b", holder: "a" }]);
    }
  });

  it("takes nothing from the site that has it, whatever the name of the other", () => {
    const claims = [
      { site: "a", hosts: ["x.test"] },
      { site: "b", hosts: ["x.test"] },
    ];
    const { hosts, conflicts } = assignHosts(claims, new Map([["x.test", "b"]]));
    expect(Object.fromEntries(hosts)).toEqual({ a: [], b: ["x.test"] });
    expect(conflicts).toEqual([{ host: "x.test", site: "a", holder: "b" }]);
  });

  it("passes a host on when its holder is gone or asks for it no more", () => {
    const claims = [
      { site: "a", hosts: ["x.test"] },
      { site: "b", hosts: ["other.test"] },
    ];
    expect(assignHosts(claims, new Map([["x.test", "b"]])).hosts.get("a")).toEqual(["x.test"]);
    expect(assignHosts(claims, new Map([["x.test", "gone"]])).hosts.get("a")).toEqual(["x.test"]);
  });
});
