import { describe, expect, test } from "vitest";
import { installRequestCf } from "../../../../src/runtimes/apis/request-cf.ts";
import { wait } from "../../../../src/runtimes/apis/scheduler-wait.ts";
import { timingSafeEqual } from "../../../../src/runtimes/apis/timing-safe-equal.ts";

describe("timingSafeEqual", () => {
  test("compares bytes, whatever holds them", () => {
    const bytes = new Uint8Array([0, 1, 2, 3]);
    expect(timingSafeEqual(bytes, bytes.slice().buffer)).toBe(true);
    expect(timingSafeEqual(bytes.subarray(1, 3), new DataView(new Uint8Array([1, 2]).buffer))).toBe(true);
    expect(timingSafeEqual(bytes, new Uint8Array([0, 1, 2, 4]))).toBe(false);
    expect(timingSafeEqual(new Uint8Array(), new ArrayBuffer(0))).toBe(true);
  });

  test("throws for lengths that differ and for what holds no bytes", () => {
    expect(() => timingSafeEqual(new Uint8Array(1), new Uint8Array(2))).toThrow(TypeError);
    expect(() => timingSafeEqual("a" as never, "a" as never)).toThrow(TypeError);
  });
});

describe("scheduler.wait", () => {
  test("resolves after the time", async () => {
    await expect(wait(0)).resolves.toBeUndefined();
  });

  test("rejects when its signal aborts, before or while it waits", async () => {
    await expect(wait(60_000, { signal: AbortSignal.abort("now") })).rejects.toBe("now");
    const controller = new AbortController();
    const waiting = wait(60_000, { signal: controller.signal });
    controller.abort("later");
    await expect(waiting).rejects.toBe("later");
  });
});

describe("request.cf", () => {
  class FakeRequest {
    declare cf: Record<string, unknown>;
  }

  test("is there, knows nothing, and is each request's own once assigned", () => {
    installRequestCf(FakeRequest.prototype);
    installRequestCf(FakeRequest.prototype);
    const [one, other] = [new FakeRequest(), new FakeRequest()];
    expect(one.cf.country).toBeUndefined();
    one.cf = { country: "NZ" };
    expect([one.cf.country, other.cf.country]).toEqual(["NZ", undefined]);
    expect(() => {
      other.cf.country = "NZ";
    }).toThrow(TypeError);
  });
});
