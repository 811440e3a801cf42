import { expect, test } from "vitest";
import { CausewayError } from "../../../src/contract/errors.ts";
import { startOnFreePort } from "../../../src/dev/find-port.ts";

const taken =
  (...ports: number[]) =>
  async (port: number) => {
    if (ports.includes(port)) throw new CausewayError("port-in-use", `port ${port}`);
    return port;
  };

test("the wanted port is taken if it is free, else the next one that is", async () => {
  expect(await startOnFreePort(8787, taken())).toBe(8787);
  expect(await startOnFreePort(8787, taken(8787, 8788))).toBe(8789);
});

test("other failures are not passed over", async () => {
  const broken = async () => {
    throw new CausewayError("address-unavailable", "no such address");
  };
  await expect(startOnFreePort(8787, broken)).rejects.toThrow("no such address");
});

test("the search ends at the last port", async () => {
  const full = async (port: number) => {
    throw new CausewayError("port-in-use", `port ${port}`);
  };
  await expect(startOnFreePort(65_530, full)).rejects.toThrow("port 65535");
});
