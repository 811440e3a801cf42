import { describe, expect, it } from "vitest";
import { RecordedBody } from "../../../src/migration/recorded-body.ts";

/** Gives a chunk for each time it is asked, and notes how often that is. */
function createSource(...chunks: (string | Error)[]) {
  const notes = { pulls: 0, cancelled: false };
  const source = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const chunk = chunks[notes.pulls];
        notes.pulls += 1;
        if (chunk instanceof Error) controller.error(chunk);
        else if (chunk === undefined) controller.close();
        else controller.enqueue(new TextEncoder().encode(chunk));
      },
      cancel() {
        notes.cancelled = true;
      },
    },
    { highWaterMark: 0 },
  );
  return { source, notes };
}

const textOf = (stream: ReadableStream<Uint8Array> | undefined) =>
  new Response(stream as ReadableStream).text();

describe("a body that is remembered", () => {
  it("is what the reader has read, once that is all", async () => {
    const body = new RecordedBody(createSource("ab", "cd").source, 100);
    expect(body.bytes()).toBeUndefined();
    expect(await textOf(body.stream)).toBe("abcd");
    expect(await body.ended).toBe("complete");
    expect(new TextDecoder().decode(body.bytes())).toBe("abcd");
  });

  it("is forgotten past the limit, and the reader still gets it all", async () => {
    const body = new RecordedBody(createSource("ab", "cd").source, 3);
    expect(await textOf(body.stream)).toBe("abcd");
    expect([await body.ended, body.bytes(), body.again()]).toEqual(["complete", undefined, undefined]);
  });

  it("is read no faster than its reader reads", async () => {
    const { source, notes } = createSource("ab", "cd", "ef");
    const reader = new RecordedBody(source, 100).stream.getReader();
    expect(notes.pulls).toBe(0);
    await reader.read();
    expect(notes.pulls).toBe(1);
  });

  it("is broken when the reader leaves or the source fails", async () => {
    const { source, notes } = createSource("ab", "cd");
    const left = new RecordedBody(source, 100);
    await left.stream.cancel();
    expect([await left.ended, notes.cancelled]).toEqual(["broken", true]);
    const failing = new RecordedBody(createSource("ab", new Error("gone")).source, 100);
    await expect(textOf(failing.stream)).rejects.toThrow("gone");
    expect([await failing.ended, failing.bytes()]).toEqual(["broken", undefined]);
  });
});

describe("a body that is sent again", () => {
  const record = (...chunks: string[]) =>
    new RecordedBody(createSource(...chunks).source, 100, { keepsSource: true });

  it("begins anew, wherever the first reader has stopped", async () => {
    for (const reads of [0, 1, 2, 3, 4]) {
      const body = record("ab", "cd", "ef");
      const reader = body.stream.getReader();
      for (let count = 0; count < reads; count += 1) await reader.read();
      await reader.cancel();
      expect(await textOf(body.again())).toBe("abcdef");
    }
  });

  it("has what the first reader asked for and did not wait for", async () => {
    const body = record("ab", "cd");
    const reader = body.stream.getReader();
    const asked = reader.read();
    expect(await textOf(body.again())).toBe("abcd");
    await asked;
  });

  it("may be longer than what was remembered of it", async () => {
    const body = new RecordedBody(createSource("ab", "cd", "ef").source, 3, { keepsSource: true });
    await body.stream.getReader().read();
    expect(await textOf(body.again())).toBe("abcdef");
  });
});
