import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AnswerReader } from "../../../../src/runtimes/server/http1-answer.ts";

/** Gives a text to a reader in pieces of these lengths, in a memory that is used again, and tells what was read. */
function read(method: string, text: string, lengths: readonly number[]) {
  const reader = new AnswerReader();
  const memory = Buffer.alloc(1_000);
  let body = "";
  reader.begin(method);
  let start = 0;
  for (const length of [...lengths, text.length]) {
    const piece = text.slice(start, start + length);
    start += length;
    memory.fill("\r\n\r\n");
    memory.write(piece, "latin1");
    if (piece === "") continue;
    reader.push(memory, piece.length);
    if (reader.head === undefined) continue;
    reader.takeChunks((chunk) => {
      body += Buffer.from(chunk).toString("latin1");
    });
  }
  const { head, isOver, hasExcess } = reader;
  return { head, isOver, hasExcess, body, isFinished: reader.finish() };
}

describe("AnswerReader", () => {
  const data = fc.string({ unit: "binary-ascii", maxLength: 60 });
  const chunked = fc.array(fc.string({ unit: "binary-ascii", minLength: 1, maxLength: 20 }), {
    maxLength: 4,
  });
  const interim = fc.constantFrom(
    "",
    "HTTP/1.1 100 Continue\r\n\r\n",
    "HTTP/1.1 103 E\r\nLink: </a>\r\n\r\n",
  );
  const body = fc.oneof(
    data.map((text) => ({ framed: `Content-Length: ${text.length}\r\n\r\n${text}`, text, isOver: true })),
    data.map((text) => ({ framed: `\r\n${text}`, text, isOver: false })),
    chunked.map((chunks) => ({
      framed: `Transfer-Encoding: chunked\r\n\r\n${chunks
        .map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`)
        .join("")}0\r\n\r\n`,
      text: chunks.join(""),
      isOver: true,
    })),
  );

  it("reads each answer of a connection as if it were the first", () => {
    const answer = fc.constantFrom(
      "HTTP/1.1 200 OK\r\nX-A: b\r\nContent-Length: 2\r\n\r\nhi",
      "HTTP/1.1 200 OK\r\nX-A: b\r\nContent-Length: 2\r\n\r\nho",
      "HTTP/1.1 200 OK\r\nX-A: c\r\nContent-Length: 2\r\n\r\nhi",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n",
      "HTTP/1.1 103 E\r\nLink: </a>\r\n\r\nHTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n",
      `HTTP/1.1 200 OK\r\nX: ${"x".repeat(5_000)}\r\nContent-Length: 0\r\n\r\n`,
    );
    const take = (reader: AnswerReader, text: string) => {
      const chunks: string[] = [];
      reader.begin("GET");
      reader.push(Buffer.from(text, "latin1"), text.length);
      reader.takeChunks((chunk) => chunks.push(Buffer.from(chunk).toString("latin1")));
      return { head: reader.head, chunks, isOver: reader.isOver };
    };
    fc.assert(
      fc.property(fc.array(answer), (answers) => {
        const reader = new AnswerReader();
        for (const text of answers) expect(take(reader, text)).toEqual(take(new AnswerReader(), text));
      }),
    );
  });

  it("reads the same, however the bytes are split", () => {
    fc.assert(
      fc.property(interim, body, fc.array(fc.nat(40)), (before, { framed, text, isOver }, lengths) => {
        const answer = `${before}HTTP/1.1 200 OK\r\nX-A: b\r\n${framed}`;
        const result = read("GET", answer, lengths);
        expect(result).toMatchObject({ body: text, isOver, hasExcess: false, isFinished: true });
        expect(result.head?.fields.slice(0, 2)).toEqual(["x-a", "b"]);
      }),
      { numRuns: 500 },
    );
  });

  it("sees what comes beyond the end, however the bytes are split", () => {
    fc.assert(
      fc.property(body, fc.array(fc.nat(40)), ({ framed, isOver }, lengths) => {
        fc.pre(isOver);
        expect(read("GET", `HTTP/1.1 200 OK\r\n${framed}X`, lengths).hasExcess).toBe(true);
      }),
    );
  });

  it("takes nothing for the body of an answer to HEAD", () => {
    const head = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n";
    expect(read("HEAD", head, [])).toMatchObject({ isOver: true, body: "", hasExcess: false });
    expect(read("HEAD", `${head}hello`, [])).toMatchObject({ isOver: true, body: "", hasExcess: true });
  });

  it("reads one answer after the other", () => {
    const reader = new AnswerReader();
    for (const text of ["one", "three"]) {
      reader.begin("GET");
      const bytes = Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: ${text.length}\r\n\r\n${text}`);
      reader.push(bytes, bytes.length);
      expect([reader.isOver, Buffer.from(reader.takeAll()).toString()]).toEqual([true, text]);
    }
  });
});
