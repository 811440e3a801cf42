import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createMultipartBody } from "../../../src/assets/multipart.ts";

const BYTES = Uint8Array.from({ length: 1_000 }, (_, index) => index % 251);

describe("createMultipartBody", () => {
  test("announces exactly the bytes that it sends, for any spans and any form of the parts", async () => {
    const span = fc
      .tuple(fc.nat(900), fc.integer({ min: 1, max: 99 }))
      .map(([start, length]) => ({ start, end: start + length }));
    await fc.assert(
      fc.asyncProperty(
        fc.array(span, { minLength: 2, maxLength: 6 }),
        fc.boolean(),
        async (spans, streams) => {
          const { length, body } = createMultipartBody(spans, {
            size: BYTES.length,
            type: null,
            read: reader(streams),
          });
          expect((await new Response(body).bytes()).length).toBe(length);
        },
      ),
      { numRuns: 50 },
    );
  });

  test("reads a part only when the one before was taken", async () => {
    const reads: number[] = [];
    const spans = [0, 100, 200].map((start) => ({ start, end: start + 10 }));
    const read = async (span: { start: number; end: number }) => {
      reads.push(span.start);
      return BYTES.subarray(span.start, span.end);
    };
    const stream = createMultipartBody(spans, { size: BYTES.length, type: null, read }).body.getReader();
    await stream.read();
    expect(reads).toEqual([0]);
    await stream.cancel();
    expect(reads).toEqual([0]);
  });

  test("breaks off when the file vanishes, instead of closing the answer", async () => {
    const spans = [
      { start: 0, end: 1 },
      { start: 5, end: 6 },
    ];
    const { body } = createMultipartBody(spans, { size: 10, type: null, read: async () => undefined });
    await expect(new Response(body).bytes()).rejects.toThrow("the file is gone");
  });
});

function reader(streams: boolean) {
  return async ({ start, end }: { start: number; end: number }) => {
    const bytes = BYTES.slice(start, end);
    return streams ? new Blob([bytes]).stream() : bytes;
  };
}
