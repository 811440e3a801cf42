import { describe, expect, it } from "vitest";
import { ChunkQueue } from "../../../../src/runtimes/server/chunk-queue.ts";

function createQueue() {
  const told: string[] = [];
  const queue = new ChunkQueue({
    pause: () => told.push("pause"),
    resume: () => told.push("resume"),
    abort: () => told.push("abort"),
  });
  return { queue, told };
}

describe("ChunkQueue", () => {
  it("gives chunks in their order, however many, and then the end", async () => {
    const { queue } = createQueue();
    const sent = Array.from({ length: 5_000 }, (_, index) => Uint8Array.of(index % 251));
    for (const chunk of sent) queue.push(chunk);
    queue.end();
    const read: number[] = [];
    for (let chunk = await queue.read(); chunk !== undefined; chunk = await queue.read())
      read.push(chunk[0] as number);
    expect(read).toEqual(sent.map((chunk) => chunk[0]));
    expect(queue.bytes).toBe(0);
  });

  it("lets the connection wait for large chunks and for many tiny ones, until half of them are read", async () => {
    for (const [size, count] of [
      [64 * 1024, 2],
      [1, 2_100],
    ] as const) {
      const { queue, told } = createQueue();
      for (let index = 0; index < count; index += 1) queue.push(new Uint8Array(size));
      expect(told).toEqual(["pause"]);
      for (let index = 0; index < count; index += 1) await queue.read();
      expect(told).toEqual(["pause", "resume"]);
    }
  });

  it("takes all that is left behind what was read", async () => {
    const { queue } = createQueue();
    for (const byte of [1, 2, 3]) queue.push(Uint8Array.of(byte));
    await queue.read();
    queue.end();
    expect([...queue.takeAll()]).toEqual([2, 3]);
  });

  it("delivers what came before a failure", async () => {
    const { queue } = createQueue();
    queue.push(Uint8Array.of(1));
    queue.fail(new Error("gone"));
    expect(await queue.read()).toEqual(Uint8Array.of(1));
    await expect(queue.read()).rejects.toThrow("gone");
  });
});
