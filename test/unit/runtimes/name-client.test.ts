import { describe, expect, test } from "vitest";
import { TrustedProxies } from "../../../src/http/client-address.ts";
import { nameClient, nameClientInHead } from "../../../src/runtimes/name-client.ts";

const NOBODY = new TrustedProxies([]);
const NGINX = new TrustedProxies(["10.0.0.0/8"]);

const CASES: [string, string | undefined, TrustedProxies, [string, string][], string | null][] = [
  ["a stranger is the client", "192.0.2.1", NOBODY, [], "192.0.2.1"],
  ["what a stranger claims is replaced", "192.0.2.1", NOBODY, [["CF-Connecting-IP", "1.1.1.1"]], "192.0.2.1"],
  ["also what it claims to forward", "192.0.2.1", NGINX, [["X-Forwarded-For", "1.1.1.1"]], "192.0.2.1"],
  ["an IPv4 address stands alone", "::ffff:192.0.2.1", NOBODY, [], "192.0.2.1"],
  ["a peer without an address is nobody", undefined, NOBODY, [["cf-connecting-ip", "1.1.1.1"]], null],
  [
    "a trusted proxy names the client",
    "10.0.0.2",
    NGINX,
    [["cf-connecting-ip", "2001:db8::1"]],
    "2001:db8::1",
  ],
  ["or forwards for it", "10.0.0.2", NGINX, [["x-forwarded-for", "1.1.1.1, 192.0.2.7"]], "192.0.2.7"],
  [
    "what a proxy reports counts before a field that it may have passed on unread",
    "10.0.0.2",
    NGINX,
    [
      ["cf-connecting-ip", "1.1.1.1"],
      ["x-forwarded-for", "192.0.2.7"],
    ],
    "192.0.2.7",
  ],
  ["what is no address is no name", "10.0.0.2", NGINX, [["cf-connecting-ip", "me"]], "10.0.0.2"],
];

describe("CF-Connecting-IP", () => {
  test.each(CASES)("%s: in a request", (_, peer, trusted, fields, expected) => {
    const request = new Request("http://localhost/", { headers: fields });
    expect(nameClient(request, peer, trusted).headers.get("cf-connecting-ip")).toBe(expected);
  });

  test.each(CASES)("%s: in a head", (_, peer, trusted, fields, expected) => {
    const byName = fields.map(([name, value]) => [name.toLowerCase(), value]);
    const head = {
      rawHeaders: ["Host", "localhost", ...fields.flat()],
      headers: { host: "localhost", ...Object.fromEntries(byName) },
    };
    nameClientInHead(head, peer, trusted);
    const { rawHeaders, headers } = head;
    const pairs = rawHeaders.flatMap((line, index) =>
      index % 2 === 0 ? [[line, rawHeaders[index + 1] ?? ""]] : [],
    );
    expect(new Headers(pairs as [string, string][]).get("cf-connecting-ip")).toBe(expected);
    expect(headers["cf-connecting-ip"] ?? null).toBe(expected);
    expect(headers.host).toBe("localhost");
  });
});

describe("the mark of shadow runs", () => {
  test("is taken from whoever sends it, also from a trusted proxy, in any spelling", () => {
    for (const peer of ["192.0.2.1", "10.0.0.2", undefined]) {
      const request = new Request("http://localhost/", { headers: { "Causeway-Shadow": "1" } });
      expect(nameClient(request, peer, NGINX).headers.has("causeway-shadow")).toBe(false);
      const head = {
        rawHeaders: ["CAUSEWAY-Shadow", "1", "A", "b", "causeway-shadow", "1"],
        headers: { "causeway-shadow": "1, 1", a: "b" } as Record<string, string>,
      };
      nameClientInHead(head, peer, NGINX);
      expect(head.rawHeaders.slice(0, 2)).toEqual(["A", "b"]);
      expect(head.rawHeaders.join().toLowerCase()).not.toContain("shadow");
      expect(head.headers["causeway-shadow"]).toBeUndefined();
    }
  });
});
