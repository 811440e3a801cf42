import { describe, expect, it } from "vitest";
import type { GatewayContext } from "../../../src/contract/handler.ts";
import type { LogSink } from "../../../src/contract/platform.ts";
import { makeSendable } from "../../../src/runtimes/sendable-response.ts";

const context = { requestId: "id-1" } as GatewayContext;

function createLog(): LogSink & { errors: string[] } {
  const errors: string[] = [];
  return { errors, access() {}, warn() {}, error: (_message, error) => void errors.push(String(error)) };
}

describe("makeSendable", () => {
  it("returns the response itself when nothing is wrong with it", () => {
    const response = new Response("text", { headers: { "content-length": "4", vary: "accept" } });
    expect(makeSendable(response, context, createLog())).toBe(response);
  });

  it("drops the fields of the connection, which belong to the server", async () => {
    const headers = {
      connection: "upgrade",
      upgrade: "x",
      "keep-alive": "timeout=9",
      "transfer-encoding": "chunked",
    };
    const sendable = makeSendable(
      new Response("text", { headers: { ...headers, "x-kept": "yes" } }),
      context,
      createLog(),
    );
    expect(Object.keys(headers).filter((name) => sendable.headers.has(name))).toEqual([]);
    expect(sendable.headers.get("x-kept")).toBe("yes");
    expect(await sendable.text()).toBe("text");
  });

  it("answers 500 for a value with a control character, logs the field's name and cancels the body", async () => {
    let isCancelled = false;
    const body = new ReadableStream({
      cancel() {
        isCancelled = true;
      },
    });
    const log = createLog();
    const answer = makeSendable(new Response(body, { headers: { "x-name": "a\x01b" } }), context, log);
    expect(answer.status).toBe(500);
    expect(await answer.text()).toBe("Internal Server Error\nRequest id-1\n");
    expect(isCancelled).toBe(true);
    expect(log.errors).toEqual(['TypeError: The field "x-name" holds a control character']);
  });
});
