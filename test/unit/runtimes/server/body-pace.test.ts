import { describe, expect, it } from "vitest";
import { BodyPace, type PacedRequest } from "../../../../src/runtimes/server/body-pace.ts";

/** The defaults of the server. */
const LIMITS = { minBytesPerSecond: 500, windowMs: 20_000 };

type OpenRequest = PacedRequest & { socket: object };

/** After how many seconds a client is cut; undefined if it never is in that time. */
function cutAfter(seconds: number, give: (second: number, request: OpenRequest) => void, limits = LIMITS) {
  const pace = new BodyPace(limits);
  const request = { complete: false, readableLength: 0, socket: { bytesRead: 400, destroyed: false } };
  let now = 0;
  let cutAt: number | undefined;
  pace.watch(request, () => {
    cutAt ??= now;
  });
  for (now = 1; now <= seconds; now += 1) {
    give(now, request);
    pace.look(1_000);
  }
  return cutAt;
}

describe("the pace of a body", () => {
  it("cuts a client that gives a byte in ten seconds after the first window", () => {
    expect(cutAfter(60, (second, { socket }) => (socket.bytesRead += second % 10 === 0 ? 1 : 0))).toBe(20);
  });

  it("never cuts an upload of 1 Mbit/s, nor one of 8 kbit/s", () => {
    for (const rate of [125_000, 1_000]) {
      expect(cutAfter(3_600, (_, { socket }) => (socket.bytesRead += rate))).toBeUndefined();
    }
  });

  it("cuts one who gave much and then nothing: what was good does not count for ever", () => {
    expect(cutAfter(300, (second, { socket }) => (socket.bytesRead += second <= 100 ? 1_000_000 : 0))).toBe(
      120,
    );
  });

  it("does not blame a client for what nobody reads", () => {
    const give = (second: number, request: PacedRequest) => {
      request.readableLength = second <= 1_000 ? 65_536 : 0;
    };
    expect(cutAfter(1_100, give)).toBe(1_020);
  });

  it("lets a short pause pass", () => {
    expect(
      cutAfter(600, (second, { socket }) => (socket.bytesRead += second % 30 < 10 ? 0 : 5_000)),
    ).toBeUndefined();
  });

  it("looks at nobody who is done", () => {
    expect(cutAfter(60, (_, request) => (request.complete = true))).toBeUndefined();
    expect(new BodyPace({ minBytesPerSecond: 0, windowMs: 20_000 }).everyMs).toBeUndefined();
  });
});
