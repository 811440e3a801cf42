import { describe, expect, test } from "vitest";
import { TrustedProxies } from "../../../src/http/client-address.ts";
import { nameClient } from "../../../src/runtimes/name-client.ts";

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
  test.each(CASES)("%s", (_, peer, trusted, fields, expected) => {
    const headers = new Headers(fields);
    expect(nameClient(peer, trusted, (name) => headers.get(name)) ?? null).toBe(expected);
  });
});
