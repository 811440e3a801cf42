import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TransportError } from "../../../../src/contract/transport.ts";
import {
  encodeFastCgiBody,
  encodeFastCgiEnd,
  encodeFastCgiHead,
  FastCgiDecoder,
} from "../../../../src/proxy/protocols/fastcgi.ts";
import { bytesOf, decodeAll } from "./decoding.ts";

interface Record {
  type: number;
  content: Uint8Array;
}

function readRecords(bytes: Uint8Array): Record[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const records: Record[] = [];
  for (let position = 0; position < bytes.length; ) {
    expect([view.getUint8(position), view.getUint16(position + 2)]).toEqual([1, 1]);
    const end = position + 8 + view.getUint16(position + 4);
    records.push({ type: view.getUint8(position + 1), content: bytes.subarray(position + 8, end) });
    position = end + view.getUint8(position + 6);
  }
  return records;
}

function readVariables(records: Record[]): string[] {
  const bytes = Uint8Array.from(
    records.filter(({ type }) => type === 4).flatMap(({ content }) => [...content]),
  );
  const view = new DataView(bytes.buffer);
  let position = 0;
  const readLength = () => {
    const isShort = (bytes[position] as number) < 0x80;
    const length = isShort ? (bytes[position] as number) : view.getUint32(position) & 0x7fffffff;
    position += isShort ? 1 : 4;
    return length;
  };
  const texts: string[] = [];
  while (position < bytes.length) {
    const lengths = [readLength(), readLength()];
    for (const length of lengths) {
      texts.push(String.fromCharCode(...bytes.subarray(position, position + length)));
      position += length;
    }
  }
  return texts;
}

function record(type: number, content: Uint8Array, { padding = 0, id = 1, version = 1 } = {}): number[] {
  return [
    version,
    type,
    id >> 8,
    id & 255,
    content.length >> 8,
    content.length & 255,
    padding,
    0,
    ...content,
    ...new Array(padding).fill(0),
  ];
}
const stdout = (text: string, options = {}) => record(6, bytesOf(text), options);
const end = (status = 0) => record(3, Uint8Array.of(0, 0, 0, 0, status, 0, 0, 0));
const decode = (bytes: number[], size = 1_000) =>
  decodeAll(new FastCgiDecoder((status) => status !== 304), Uint8Array.from(bytes), size);

describe("requests", () => {
  it("begin as a responder's and hold every variable, short and long", () => {
    const text = fc.oneof(
      fc.string({ unit: "binary-ascii", maxLength: 10 }),
      fc.constant("x".repeat(128)),
      fc.constant("y".repeat(70_000)),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(text, text), { maxLength: 1 }), (variables) => {
        const records = readRecords(encodeFastCgiHead(variables.flat()));
        expect(records[0]).toMatchObject({ type: 1, content: Uint8Array.of(0, 1, 0, 0, 0, 0, 0, 0) });
        expect(records.at(-1)).toMatchObject({ type: 4, content: new Uint8Array() });
        expect(readVariables(records)).toEqual(variables.flat());
      }),
      { numRuns: 30 },
    );
  });

  it("split a body at 65535 bytes and mark its end", () => {
    const lengths = readRecords(encodeFastCgiBody(new Uint8Array(65_536))).map(
      ({ content }) => content.length,
    );
    expect(lengths).toEqual([65_535, 1]);
    expect(readRecords(encodeFastCgiEnd())).toEqual([{ type: 5, content: new Uint8Array() }]);
  });

  it("with too many variables are refused", () => {
    expect(() => encodeFastCgiHead(["A", "x".repeat(300_000)])).toThrow(TransportError);
  });
});

describe("answers", () => {
  it.each([1, 3, 11, 1_000])("are read alike in pieces of %i bytes, padding and errors left out", (size) => {
    const bytes = [
      ...stdout("Status: 404 Not Found\r\nContent-", { padding: 5 }),
      ...record(7, bytesOf("PHP Warning: x")),
      ...stdout("Type: text/plain\r\n\r\nno"),
      ...stdout("where"),
      ...stdout(""),
      ...end(),
    ];
    expect(decode(bytes, size)).toEqual({
      head: {
        status: 404,
        statusText: "Not Found",
        fields: ["content-type", "text/plain"],
        contentLength: undefined,
      },
      body: "nowhere",
      isComplete: true,
    });
  });

  it("without Status are 200, or 302 with a Location", () => {
    expect(decode([...stdout("X-A: b\n\n"), ...end()]).head?.status).toBe(200);
    expect(decode([...stdout("Location: /a\n\n"), ...end()]).head?.status).toBe(302);
  });

  it("that say the server is overloaded mean that nothing was executed", () => {
    expect(() => decode(end(2))).toThrow(expect.objectContaining({ failure: "unreachable" }));
  });

  it.each([
    ["of another version", stdout("X-A: b\n\n", { version: 2 })],
    ["of another request", stdout("X-A: b\n\n", { id: 2 })],
    ["of an unknown type", record(9, new Uint8Array())],
    ["that break off in a record", stdout("X-A: b\n\nbody").slice(0, 14)],
    ["that break off before the end", stdout("X-A: b\n\nhalf a bo")],
    ["that end without a head", [...stdout("X-A"), ...end()]],
    ["that end with half an end", [...stdout("X-A: b\n\n"), ...record(3, Uint8Array.of(0, 0))]],
    ["that fail", end(1)],
    ["that are nothing", []],
  ])("%s are refused", (_, bytes) => {
    expect(() => decode(bytes)).toThrow(TransportError);
  });

  it("of any bytes at all end in an answer or a TransportError", () => {
    const part = fc.oneof(
      fc.uint8Array({ maxLength: 30 }).map((bytes) => [...bytes]),
      fc.constantFrom(
        stdout("Status: 200 OK\n\n"),
        stdout("\n"),
        stdout("a: b\n"),
        end(),
        stdout("", { padding: 9 }),
      ),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), fc.integer({ min: 1, max: 40 }), (parts, size) => {
        try {
          expect(decode(parts.flat(), size).isComplete).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(TransportError);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
