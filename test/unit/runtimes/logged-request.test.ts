import { describe, expect, test } from "vitest";
import type { AccessRecord } from "../../../src/contract/platform.ts";
import { SILENT_LOG } from "../../../src/observe/line-log.ts";
import { answerLogged, LoggedRequest } from "../../../src/runtimes/logged-request.ts";

const HEAD = { method: "GET", target: "/a?b", clientAddress: "192.0.2.1", traceId: "t" };

function start() {
  const records: AccessRecord[] = [];
  let now = 5;
  const clock = { now: () => 0, monotonic: () => now };
  const log = { ...SILENT_LOG, access: (record: AccessRecord) => void records.push(record) };
  return { records, logged: new LoggedRequest(log, clock), pass: (ms: number) => (now += ms) };
}

describe("the record of a request", () => {
  test("has all that is known, once", () => {
    const { records, logged, pass } = start();
    logged.context = { requestId: "id" };
    logged.route = "/a";
    logged.upstream = "http://127.0.0.1:1";
    logged.cache = "causeway; hit";
    pass(3);
    logged.done(HEAD, 200, 7);
    logged.done(HEAD, 200, 7);
    expect(records).toEqual([
      {
        requestId: "id",
        method: "GET",
        target: "/a?b",
        status: 200,
        durationMs: 3,
        bytes: 7,
        clientAddress: "192.0.2.1",
        route: "/a",
        upstream: "http://127.0.0.1:1",
        cache: "causeway; hit",
        trace: "t",
      },
    ]);
  });

  test("comes when a body of unknown length has been read, with its bytes", async () => {
    const { records, logged, pass } = start();
    const response = await answerLogged(logged, HEAD, () => new Response("four"));
    expect(records).toEqual([]);
    pass(10);
    expect(await response.text()).toBe("four");
    expect(records).toMatchObject([{ bytes: 4, durationMs: 10 }]);
  });

  test("comes when the client leaves, with what it has had", async () => {
    const { records, logged } = start();
    const endless = new ReadableStream<Uint8Array>({ pull: (to) => to.enqueue(new Uint8Array(10)) });
    const response = await answerLogged(logged, HEAD, () => new Response(endless));
    const reader = (response.body as ReadableStream).getReader();
    await reader.read();
    await reader.read();
    await reader.cancel();
    expect(records).toMatchObject([{ status: 200, bytes: 20 }]);
  });

  test("comes for a body that fails, and the failure goes on", async () => {
    const { records, logged } = start();
    const failing = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(new Uint8Array(3));
      },
      pull: (controller) => controller.error(new Error("broken")),
    });
    const response = await answerLogged(logged, HEAD, () => new Response(failing));
    await expect(response.bytes()).rejects.toThrow("broken");
    expect(records).toMatchObject([{ bytes: 3 }]);
  });

  test("comes at once where the length is stated, where there is no body, and for an upgrade", async () => {
    const stated = start();
    const answer = new Response("four", { headers: { "content-length": "4", "cache-status": "c; hit" } });
    expect(await answerLogged(stated.logged, HEAD, () => answer)).toBe(answer);
    expect(stated.records).toMatchObject([{ bytes: 4, cache: "c; hit" }]);
    const head = start();
    await answerLogged(head.logged, { ...HEAD, method: "HEAD" }, () => new Response("four"));
    expect(head.records).toMatchObject([{ bytes: 0 }]);
    const upgrade = start();
    await answerLogged(upgrade.logged, HEAD, () => undefined);
    expect(upgrade.records).toMatchObject([{ status: 101, bytes: 0 }]);
  });

  test("comes for what throws outside the edge", async () => {
    const { records, logged } = start();
    const thrown = answerLogged(logged, HEAD, () => Promise.reject(new Error("outside")));
    await expect(thrown).rejects.toThrow("outside");
    expect(records).toMatchObject([{ status: 500, bytes: 0 }]);
  });
});
