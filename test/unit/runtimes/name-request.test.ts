import { describe, expect, test } from "vitest";
import { TrustedProxies } from "../../../src/http/client-address.ts";
import { requestIdOf } from "../../../src/runtimes/name-request.ts";

const NOBODY = new TrustedProxies([]);
const NGINX = new TrustedProxies(["10.0.0.0/8"]);
const SOCKET = new TrustedProxies(["unix"]);

const CASES: [string, string | undefined, TrustedProxies, string, string | undefined][] = [
  ["a stranger names nothing", "192.0.2.1", NOBODY, "mine", undefined],
  ["not beside a trusted proxy either", "192.0.2.1", NGINX, "mine", undefined],
  ["a trusted proxy does", "10.0.0.2", NGINX, "9f2c:7/a-1", "9f2c:7/a-1"],
  ["also over a socket for both families", "::ffff:10.0.0.2", NGINX, "id", "id"],
  ["also over a unix socket", undefined, SOCKET, "id", "id"],
  ["but not with what a log would have to escape", "10.0.0.2", NGINX, 'a" b', undefined],
  ["nor at length", "10.0.0.2", NGINX, "x".repeat(129), undefined],
];

describe("X-Request-ID", () => {
  test.each(CASES)("%s", (_, peer, trusted, name, expected) => {
    expect(requestIdOf({ address: peer }, trusted, () => name)).toBe(expected);
    expect(requestIdOf({ address: peer }, trusted, () => null)).toBeUndefined();
  });
});
