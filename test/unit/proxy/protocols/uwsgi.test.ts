import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TransportError } from "../../../../src/contract/transport.ts";
import { createUwsgiDecoder, encodeUwsgiPacket } from "../../../../src/proxy/protocols/uwsgi.ts";
import { bytesOf, decodeAll } from "./decoding.ts";

const hasBody = (status: number) => status !== 304;

/** Reads a packet as a server does. */
function readPacket(packet: Uint8Array): string[] {
  const view = new DataView(packet.buffer, packet.byteOffset, packet.length);
  expect([view.getUint8(0), view.getUint16(1, true), view.getUint8(3)]).toEqual([0, packet.length - 4, 0]);
  const texts: string[] = [];
  for (let position = 4; position < packet.length; ) {
    const length = view.getUint16(position, true);
    texts.push(String.fromCharCode(...packet.subarray(position + 2, position + 2 + length)));
    position += 2 + length;
  }
  return texts;
}

describe("packets", () => {
  it("hold every variable, whatever bytes it has", () => {
    const text = fc.string({
      unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)),
    });
    fc.assert(
      fc.property(fc.array(text, { maxLength: 20 }), (variables) => {
        expect(readPacket(encodeUwsgiPacket(variables))).toEqual(variables);
      }),
    );
  });

  it("hold up to 65535 bytes, and what is more is refused", () => {
    expect(encodeUwsgiPacket(["A", "x".repeat(65_535 - 5)]).length).toBe(65_539);
    expect(() => encodeUwsgiPacket(["A", "x".repeat(65_535 - 4)])).toThrow(TransportError);
  });
});

describe("answers", () => {
  it.each([1, 2, 7, 1_000])("are read alike in pieces of %i bytes", (size) => {
    const text =
      "HTTP/1.1 201 CREATED\r\nContent-Type: text/plain\r\nX-A:  b \r\nContent-Length: 5\r\n\r\nhello";
    expect(decodeAll(createUwsgiDecoder(hasBody), bytesOf(text), size)).toEqual({
      head: {
        status: 201,
        statusText: "CREATED",
        fields: ["content-type", "text/plain", "x-a", "b", "content-length", "5"],
        contentLength: 5,
      },
      body: "hello",
      isComplete: true,
    });
  });

  it("go on to the end of the connection without a length", () => {
    const text = "HTTP/1.1 200 OK\nContent-Type: text/plain\n\none\n\ntwo";
    expect(decodeAll(createUwsgiDecoder(hasBody), bytesOf(text), 3)).toMatchObject({
      body: "one\n\ntwo",
      isComplete: true,
    });
  });

  it("end at their length, whatever follows", () => {
    const text = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n\r\n";
    expect(decodeAll(createUwsgiDecoder(hasBody), bytesOf(text), 9)).toMatchObject({
      body: "ok",
      isComplete: true,
    });
  });

  it("of a status without a body have none", () => {
    const text = "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n";
    expect(decodeAll(createUwsgiDecoder(hasBody), bytesOf(text), 5)).toMatchObject({
      body: "",
      isComplete: true,
    });
  });

  it.each([
    ["nothing", ""],
    ["half a head", "HTTP/1.1 200 OK\r\nX-A: b"],
    ["less than it promised", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort"],
    ["two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"],
    ["a signed length", "HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\na"],
    ["a list of lengths", "HTTP/1.1 200 OK\r\nContent-Length: 1, 1\r\n\r\na"],
    ["a transfer coding", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"],
    ["a folded field", "HTTP/1.1 200 OK\r\nX-A: b\r\n c\r\n\r\n"],
    ["a space before the colon", "HTTP/1.1 200 OK\r\nContent-Length : 1\r\n\r\na"],
    ["a control character", "HTTP/1.1 200 OK\r\nX-A: \x01\r\n\r\n"],
    ["an interim status", "HTTP/1.1 100 Continue\r\n\r\n"],
    ["a status of two digits", "HTTP/1.1 20 OK\r\n\r\n"],
    ["no HTTP at all", "SSH-2.0-OpenSSH_9.2\r\n\r\n"],
    ["an endless head", `HTTP/1.1 200 OK\r\nX-A: ${"b".repeat(70_000)}`],
  ])("with %s are refused", (_, text) => {
    expect(() => decodeAll(createUwsgiDecoder(hasBody), bytesOf(text), 4_096)).toThrow(TransportError);
  });

  it("of any bytes at all end in an answer or a TransportError", () => {
    const pieces = fc.constantFrom(
      "HTTP/1.1 200 OK",
      "\r\n",
      "\n",
      ":",
      "Content-Length",
      "1",
      " ",
      "Status: 200",
      "a",
    );
    const text = fc.oneof(
      fc.array(pieces, { maxLength: 30 }).map((parts) => parts.join("")),
      fc.uint8Array({ maxLength: 200 }).map((bytes) => String.fromCharCode(...bytes)),
    );
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 50 }), (sent, size) => {
        try {
          const { head, isComplete } = decodeAll(createUwsgiDecoder(hasBody), bytesOf(sent), size);
          expect(isComplete).toBe(true);
          expect(head?.status).toBeGreaterThanOrEqual(200);
        } catch (error) {
          expect(error).toBeInstanceOf(TransportError);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
