import { describe, expect, test } from "vitest";
import { nearestName } from "../../../src/config/nearest-name.ts";

describe("nearestName", () => {
  test("counts a swap of neighbours as one mistake", () => {
    expect(nearestName("biuld", ["build", "dev"])).toBe("build");
  });

  test("suggests nothing that is far away", () => {
    expect(nearestName("frobnicate", ["build", "dev", "routes"])).toBeUndefined();
  });
});
