import { describe, expect, test } from "vitest";
import { FixedLengthStream, IdentityTransformStream } from "../../../../src/runtimes/apis/byte-streams.ts";
import { DigestStream } from "../../../../src/runtimes/apis/digest-stream.ts";
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

describe("DigestStream", () => {
  test("rejects with the reason for which it was aborted", async () => {
    const stream = new DigestStream("SHA-256");
    await stream.abort(new Error("enough"));
    await expect(stream.digest).rejects.toThrow("enough");
  });

  test("takes text and bytes, and rejects for a digest that does not exist", async () => {
    const stream = new DigestStream("no-such-hash");
    const writer = stream.getWriter();
    await writer.write("text");
    await expect(writer.close()).rejects.toThrow();
    await expect(stream.digest).rejects.toThrow();
  });
});

describe("byte streams", () => {
  test.each([new IdentityTransformStream(), new FixedLengthStream(3)])("take no text", async (stream) => {
    const reading = new Response(stream.readable).text();
    const writer = stream.writable.getWriter();
    const outcomes = await Promise.allSettled([writer.write("abc" as never), reading]);
    expect(outcomes.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    await expect(writer.closed).rejects.toThrow(TypeError);
  });

  test("take views and buffers, up to the length", async () => {
    const { readable, writable } = new FixedLengthStream(4n);
    const writer = writable.getWriter();
    const text = new Response(readable).text();
    await writer.write(new TextEncoder().encode("xabx").subarray(1, 3));
    await writer.write(new TextEncoder().encode("cd").buffer as never);
    await writer.close();
    expect(await text).toBe("abcd");
  });
});
