import { mkdtemp, readdir, rm, truncate, writeFile } from "node:fs/promises";
import { get, type IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { HttpServer } from "../../../../src/runtimes/http1/http-server.ts";
import type { OutgoingAnswer } from "../../../../src/runtimes/http1/outgoing.ts";
import { acceptConnections } from "../../../../src/runtimes/server/accept.ts";
import { fileSliceOf, readFileBytes } from "../../../../src/runtimes/server/read-file-bytes.ts";
import { writeFileSlice } from "../../../../src/runtimes/server/write-file-slice.ts";
import { patternOf, sha256 } from "../../../conformance/asset-store.ts";

const SIZE = 8_000_000;
const BYTES = patternOf(SIZE);

let folder: string;
let file: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "causeway-slice-"));
  file = join(folder, "file.bin");
});
beforeEach(() => writeFile(file, BYTES));
afterAll(() => rm(folder, { recursive: true }));

const open = async (interval = { start: 0, end: SIZE }) =>
  (await readFileBytes(file, { size: SIZE }, interval)) as ReadableStream<Uint8Array>;
const openDescriptors = async () => (await readdir("/proc/self/fd")).length;

/** Answers one request with `respond` and gives its outcome beside what the client saw. */
async function serveOnce(
  respond: (outgoing: OutgoingAnswer) => Promise<void>,
  read: (incoming: IncomingMessage) => Promise<unknown>,
) {
  const { promise: outcome, resolve } = Promise.withResolvers<unknown>();
  const limits = { headerTimeoutMs: 5_000, keepAliveMs: 5_000, maxHeaderBytes: 16_384 };
  const server = new HttpServer(limits, {
    request: (_, outgoing) => void respond(outgoing).then(() => resolve("done"), resolve),
    isUpgrade: () => false,
    upgrade() {},
  });
  const { port } = await acceptConnections(server, 0, "127.0.0.1");
  const incoming = await new Promise<IncomingMessage>((answered) =>
    get({ port, host: "127.0.0.1", agent: false }, answered),
  );
  const seen = await read(incoming).catch((error: Error) => error);
  const result = { seen, outcome: await outcome };
  await server.close();
  return result;
}

async function readSum(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  return sha256(Buffer.concat(chunks));
}

async function send(stream: ReadableStream<Uint8Array>, outgoing: OutgoingAnswer): Promise<void> {
  const slice = fileSliceOf(stream);
  if (slice) await writeFileSlice(slice, outgoing);
}

describe("writeFileSlice", () => {
  test.each([
    { start: 0, end: SIZE },
    { start: 1, end: SIZE - 1 },
    { start: 3_000_000, end: 3_100_000 },
  ])("sends bytes $start to $end", async (interval) => {
    const { seen, outcome } = await serveOnce(
      async (outgoing) => send(await open(interval), outgoing),
      readSum,
    );
    expect([seen, outcome]).toEqual([sha256(BYTES.subarray(interval.start, interval.end)), "done"]);
  });

  test("breaks the connection off when the file changes", async () => {
    const respond = async (outgoing: OutgoingAnswer) => {
      const stream = await open();
      await truncate(file, 10);
      await send(stream, outgoing);
    };
    const read = async (incoming: IncomingMessage) => readSum(incoming);
    const { seen, outcome } = await serveOnce(async (outgoing) => {
      outgoing.writeHead(200, ["content-length", String(SIZE)]);
      outgoing.flushHeaders();
      await respond(outgoing);
    }, read);
    expect((seen as NodeJS.ErrnoException).code).toBe("ECONNRESET");
    expect((outcome as Error).message).toContain("it changed while it was read");
  });

  test.runIf(process.platform === "linux")("closes the file when the client goes away", async () => {
    const before = await openDescriptors();
    const leave = async (incoming: IncomingMessage) => {
      await new Promise((resolve) => incoming.once("data", resolve));
      incoming.destroy();
    };
    const { outcome } = await serveOnce(async (outgoing) => send(await open(), outgoing), leave);
    expect([outcome, await openDescriptors()]).toEqual(["done", before]);
  });
});

describe("fileSliceOf", () => {
  test("knows a stream only until somebody reads it", async () => {
    const stream = await open();
    expect(fileSliceOf(stream)?.file).toBe(file);
    const reader = stream.getReader();
    expect(fileSliceOf(stream)).toBeUndefined();
    await reader.read();
    reader.releaseLock();
    expect(fileSliceOf(stream)).toBeUndefined();
    await stream.cancel();
  });

  test("knows a stream that went through a Response", async () => {
    const stream = await open();
    expect(fileSliceOf(new Response(stream).body as ReadableStream<Uint8Array>)).toBeDefined();
  });
});
