// Writes a Response to a client of Node: framing is ours (RFC 9112 §6), never the function's.

import { takeSource } from "../../contract/direct-body.ts";
import type { BodySource } from "../../contract/transport.ts";
import { isConnectionField } from "../../http/response-fields.ts";
import type { OutgoingAnswer } from "../http1/outgoing.ts";
import { getPlainBody, getPlainFields } from "./node-response.ts";
import { fileSliceOf, sliceLength } from "./read-file-bytes.ts";
import { isNullBodyStatus } from "./response-init.ts";
import { writeFileSlice } from "./write-file-slice.ts";

/**
 * Writes a complete answer at once; else resolves when it is written or the client is gone. Rejects with what the
 * body stream threw;
 * the connection is then broken off, so that a client cannot take half an answer for a whole one. Rejects
 * also for fields that cannot be sent: then nothing was, and another answer may be written.
 */
export function writeResponse(
  response: Response,
  outgoing: OutgoingAnswer,
  method: string,
): Promise<void> | undefined {
  // Somebody else has answered, because the deadline of the request had passed.
  if (outgoing.headersSent) return response.body?.cancel();
  const body = getPlainBody(response);
  if (body === undefined) return writeStreamed(response, outgoing, method);
  writePlain(response, body, outgoing, method);
  return undefined;
}

async function writeStreamed(response: Response, outgoing: OutgoingAnswer, method: string): Promise<void> {
  const fields = collectFields(response);
  if (method === "HEAD" || isNullBodyStatus(response.status)) {
    await response.body?.cancel();
    writeHead(response, fields.list, outgoing);
    outgoing.end();
    return;
  }
  writeHead(response, withLength(fields), outgoing);
  const stream = response.body as ReadableStream<Uint8Array>;
  const slice = fileSliceOf(stream);
  if (slice && sliceLength(slice) === fields.contentLength) await writeFileSlice(slice, outgoing);
  else await pump(stream, outgoing, fields.contentLength);
}

function writePlain(
  response: Response,
  body: string | Uint8Array | null,
  outgoing: OutgoingAnswer,
  method: string,
): void {
  const plain = getPlainFields(response);
  if (plain !== undefined && method !== "HEAD" && isWhole(response.status, plain)) {
    // The usual answer of a function, whose length the connection knows best.
    writeHead(response, plain, outgoing);
    outgoing.end(body);
    return;
  }
  const fields = collectFields(response);
  const length = byteLength(body);
  const hasBody = method !== "HEAD" && !isNullBodyStatus(response.status);
  if (body === null && method === "HEAD") writeHead(response, withLength(fields), outgoing);
  else if (isNullBodyStatus(response.status)) writeHead(response, fields.list, outgoing);
  else writeHead(response, withLength({ ...fields, contentLength: length }), outgoing);
  outgoing.end(hasBody ? body : null);
}

/** Whether an answer says nothing of its framing, and has a body. */
function isWhole(status: number, fields: readonly string[]): boolean {
  if (isNullBodyStatus(status)) return false;
  for (let index = 0; index < fields.length; index += 2) {
    const name = fields[index] as string;
    if (name === "content-length" || isConnectionField(name)) return false;
  }
  return true;
}

function byteLength(body: string | Uint8Array | null): number {
  return body === null ? 0 : typeof body === "string" ? Buffer.byteLength(body) : body.byteLength;
}

interface Fields {
  /** Name, value, name, value … */
  list: string[];
  contentLength: number | undefined;
}

function collectFields(response: Response): Fields {
  const list: string[] = [];
  let contentLength: number | undefined;
  const add = (name: string, value: string) => {
    if (name === "content-length") contentLength = /^\d+$/.test(value) ? Number(value) : undefined;
    else if (!isConnectionField(name)) list.push(name, value);
  };
  const plain = getPlainFields(response);
  if (plain === undefined) for (const [name, value] of response.headers) add(name, value);
  else
    for (let index = 0; index < plain.length; index += 2)
      add(plain[index] as string, plain[index + 1] as string);
  return { list, contentLength };
}

function withLength({ list, contentLength }: Fields): string[] {
  return contentLength === undefined ? list : [...list, "content-length", String(contentLength)];
}

function writeHead(response: Response, list: readonly string[], outgoing: OutgoingAnswer): void {
  try {
    outgoing.writeHead(response.status, list, response.statusText === "" ? undefined : response.statusText);
  } catch (error) {
    response.body?.cancel().catch(() => {
      // Nobody is left to tell.
    });
    throw error;
  }
}

async function pump(
  body: ReadableStream<Uint8Array>,
  outgoing: OutgoingAnswer,
  length: number | undefined,
): Promise<void> {
  const source = takeSource(body) ?? readThrough(body);
  let isComplete = false;
  const cancel = () => {
    if (!isComplete) source.cancel();
  };
  outgoing.once("close", cancel);
  outgoing.flushHeaders();
  try {
    let written = 0;
    for (let chunk = await source.read(); chunk !== undefined; chunk = await source.read()) {
      written += chunk.byteLength;
      if (length !== undefined && written > length)
        throw new RangeError("The body is longer than its Content-Length");
      // Ended: the server is leaving and has closed its event streams.
      if (outgoing.destroyed || outgoing.writableEnded) return cancel();
      if (!outgoing.write(chunk, whenFlushed(source, chunk, outgoing))) await outgoing.drained();
    }
    if (length !== undefined && written < length && !outgoing.destroyed) {
      throw new RangeError("The body is shorter than its Content-Length");
    }
    isComplete = true;
    outgoing.end();
  } catch (error) {
    outgoing.destroy();
    cancel();
    throw error;
  } finally {
    outgoing.off("close", cancel);
  }
}

/** Gives memory back to whoever wants it when it has left. */
function whenFlushed(
  source: BodySource,
  chunk: Uint8Array,
  outgoing: OutgoingAnswer,
): (() => void) | undefined {
  if (source.release === undefined) return undefined;
  return () => {
    if (!outgoing.destroyed) source.release?.(chunk);
  };
}

/** A stream as what is pulled from. */
function readThrough(body: ReadableStream<Uint8Array>): BodySource {
  const reader = body.getReader();
  return {
    async read() {
      const { done, value } = await reader.read();
      if (done) return undefined;
      if (!(value instanceof Uint8Array)) throw new TypeError("A body stream must yield Uint8Array");
      return value;
    },
    cancel() {
      reader.cancel(new Error("The client closed the connection")).catch(() => {
        // The source may have failed at the same moment; nobody is left to tell.
      });
    },
  };
}
