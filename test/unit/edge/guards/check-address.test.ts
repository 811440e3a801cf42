import { describe, expect, it } from "vitest";
import { createAddressTest } from "../../../../src/edge/guards/check-address.ts";
import { clientNetwork } from "../../../../src/http/ip-address.ts";

/** Texts that mean 192.0.2.7. */
const V4_FORMS = [
  "192.0.2.7",
  "::ffff:192.0.2.7",
  "::FFFF:192.0.2.7",
  "0:0:0:0:0:ffff:192.0.2.7",
  "::ffff:c000:207",
  "0000:0000:0000:0000:0000:ffff:c000:0207",
  "[::ffff:192.0.2.7]",
];
/** Texts that mean 2001:db8::a. */
const V6_FORMS = [
  "2001:db8::a",
  "2001:DB8::A",
  "2001:0db8:0000:0000:0000:0000:0000:000a",
  "2001:db8:0:0:0:0:0:a",
  "2001:db8::0:a",
  "2001:db8::0.0.0.10",
  "[2001:db8::a]",
  "2001:db8::a%eth0",
];
/** Texts that some reader takes for an address, and that none may be let in by. */
const NO_ADDRESSES = [
  "",
  "192.0.2.07",
  "192.0.2",
  "3221225991",
  "0xc0000207",
  "192.0.2.7.",
  "192.0.2.256",
  "2001:db8::a::",
  "x",
];

describe("lists of addresses", () => {
  it.each(V4_FORMS)("%s is the IPv4 address, however it is written", (text) => {
    expect(createAddressTest(["192.0.2.7"], [])(text)).toBe(true);
    expect(createAddressTest(["192.0.2.0/29"], [])(text)).toBe(true);
    expect(createAddressTest(["192.0.2.8/29"], [])(text)).toBe(false);
    expect(createAddressTest([], ["::ffff:192.0.2.7"])(text)).toBe(false);
  });

  it.each(V6_FORMS)("%s is the IPv6 address, however it is written", (text) => {
    expect(createAddressTest(["2001:db8::a"], [])(text)).toBe(true);
    expect(createAddressTest([], ["2001:db8::/32"])(text)).toBe(false);
    expect(createAddressTest(["2001:db9::/32"], [])(text)).toBe(false);
  });

  it.each(NO_ADDRESSES)("%j is no address, and nobody", (text) => {
    expect(createAddressTest(["all"], [])(text)).toBe(false);
    expect(createAddressTest([], ["192.0.2.7"])(text)).toBe(false);
  });

  it("denied ones are not let in by the list of those who may", () => {
    const isAllowed = createAddressTest(["10.0.0.0/8"], ["10.1.0.0/16"]);
    expect(["10.0.0.1", "10.1.0.1", "11.0.0.1", undefined].map(isAllowed)).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });

  it("name peers without an address, and all", () => {
    expect(createAddressTest(["unix"], [])(undefined)).toBe(true);
    expect(createAddressTest([], ["unix"])(undefined)).toBe(false);
    expect(createAddressTest([], ["10.0.0.1"])(undefined)).toBe(true);
    expect(createAddressTest(["all"], [])("192.0.2.1")).toBe(true);
    expect(createAddressTest([], ["all"])("2001:db8::1")).toBe(false);
  });
});

describe("who counts as one client", () => {
  it("is an IPv4 address, in every form", () => {
    expect(new Set(V4_FORMS.map(clientNetwork)).size).toBe(1);
    expect(clientNetwork("192.0.2.8")).not.toBe(clientNetwork("192.0.2.7"));
  });

  it("is the /64 of an IPv6 address", () => {
    const same = ["2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", "2001:0db8:1:2::"];
    expect(new Set(same.map(clientNetwork)).size).toBe(1);
    expect(clientNetwork("2001:db8:1:3::1")).not.toBe(clientNetwork("2001:db8:1:2::1"));
    expect(clientNetwork("::1")).not.toBe(clientNetwork("0.0.0.1"));
  });
});
