import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { identifyClient, TrustedProxies } from "../../../src/http/client-address.ts";
import { isInRanges, parseAddressRange, parseIpAddress } from "../../../src/http/ip-address.ts";

const PEER = { address: "10.0.0.1", scheme: "http" as const, host: "site.test" };

describe("addresses", () => {
  it.each([
    ["::ffff:192.0.2.1", "192.0.2.1"],
    ["::FFFF:C000:201", "192.0.2.1"],
    ["2001:DB8:0:0:0:0:0:1", "2001:db8::1"],
    ["[2001:db8::1]", "2001:db8::1"],
    ["fe80::1%eth0", "fe80::1"],
  ])("%s and %s are one address", (one, other) => {
    expect(parseIpAddress(one)).toBe(parseIpAddress(other));
    expect(parseIpAddress(one)).toBeDefined();
  });

  it.each([
    "",
    "1.2.3",
    "1.2.3.4.5",
    "256.1.1.1",
    "01.2.3.4",
    "1.2.3.4 ",
    ":::",
    "1::2::3",
    "g::",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9",
    "12345::",
  ])("%j is none", (text) => expect(parseIpAddress(text)).toBeUndefined());

  it.each([
    ["192.0.2.0/24", "192.0.2.255", true],
    ["192.0.2.0/24", "192.0.3.0", false],
    ["192.0.2.77/24", "192.0.2.1", true],
    ["2001:db8::/32", "2001:db8:ffff::1", true],
    ["2001:db8::/32", "2001:db9::", false],
    ["0.0.0.0/0", "::1", false],
    ["::/0", "1.2.3.4", true],
  ])("%s holds %s: %s", (range, address, expected) => {
    const parsed = parseAddressRange(range);
    expect(parsed && isInRanges(parseIpAddress(address) as bigint, [parsed])).toBe(expected);
  });

  it.each(["192.0.2.0/33", "2001:db8::/129", "10.0.0.0/8/8", "10.0.0.0/-1", "10.0.0.0/"])(
    "%s is no range",
    (text) => expect(parseAddressRange(text)).toBeUndefined(),
  );

  it("reads every IPv6 address that it is given in full", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 128n - 1n }), (value) => {
        const hex = value.toString(16).padStart(32, "0");
        expect(parseIpAddress((hex.match(/.{4}/g) as string[]).join(":"))).toBe(value);
      }),
    );
  });
});

describe("the client", () => {
  const claims = (fields: Record<string, string>) => new Headers(fields);

  it("is the peer, whatever a stranger claims", () => {
    const headers = claims({
      "x-forwarded-for": "1.1.1.1",
      "x-forwarded-proto": "https",
      "x-forwarded-host": "evil.test",
    });
    expect(identifyClient(PEER, headers, new TrustedProxies([]))).toEqual({ ...PEER, chain: [] });
  });

  it("is the nearest hop that no trusted proxy vouches for", () => {
    const trusted = new TrustedProxies(["10.0.0.0/8"]);
    const headers = claims({ "x-forwarded-for": "6.6.6.6, 198.51.100.1, 10.2.2.2" });
    expect(identifyClient(PEER, headers, trusted).address).toBe("198.51.100.1");
  });

  it("stops at what is no address", () => {
    const trusted = new TrustedProxies(["10.0.0.0/8"]);
    const headers = claims({ "x-forwarded-for": "1.1.1.1, unknown, 10.2.2.2" });
    expect(identifyClient(PEER, headers, trusted).address).toBe("10.2.2.2");
  });

  it.each([
    ["198.51.100.1:4711", "198.51.100.1"],
    ["[2001:db8::1]:4711", "2001:db8::1"],
  ])("reads %s, port and all", (hop, expected) => {
    const trusted = new TrustedProxies(["10.0.0.1"]);
    expect(identifyClient(PEER, claims({ "x-forwarded-for": hop }), trusted).address).toBe(expected);
  });

  it("is believed about scheme and host only from trusted proxies, and only what makes sense", () => {
    const trusted = new TrustedProxies(["10.0.0.1"]);
    const good = claims({ "x-forwarded-proto": "HTTPS", "x-forwarded-host": "Shop.test:8443" });
    expect(identifyClient(PEER, good, trusted)).toMatchObject({ scheme: "https", host: "shop.test:8443" });
    const bad = claims({ "x-forwarded-proto": "gopher", "x-forwarded-host": "a/b?c" });
    expect(identifyClient(PEER, bad, trusted)).toMatchObject({ scheme: "http", host: "site.test" });
  });

  it("on a unix socket is trusted only if the configuration says so", () => {
    const peer = { ...PEER, address: undefined };
    const headers = claims({ "x-forwarded-for": "1.1.1.1" });
    expect(identifyClient(peer, headers, new TrustedProxies(["0.0.0.0/0"])).address).toBeUndefined();
    expect(identifyClient(peer, headers, new TrustedProxies(["unix"])).address).toBe("1.1.1.1");
  });
});
