// Decodes the answer of a uwsgi server, or what a FastCGI application writes to its output: a head, then a body
// that has the promised length or goes on to the end.

import { TransportError } from "../../contract/transport.ts";
import { joinChunks } from "../../http/join-chunks.ts";
import type { DecodedPart, ResponseDecoder } from "./response-decoder.ts";
import { findHeadEnd, MAX_HEAD_BYTES, malformed, parseResponseHead } from "./response-head.ts";

const NOTHING = new Uint8Array();

export class CgiResponseDecoder implements ResponseDecoder {
  readonly #hasBody: (status: number) => boolean;
  #head: Uint8Array | undefined = NOTHING;
  #remaining = Number.POSITIVE_INFINITY;
  #isOver = false;

  /** `hasBody` tells whether an answer with a status has a body, which depends on the method as well. */
  constructor(hasBody: (status: number) => boolean) {
    this.#hasBody = hasBody;
  }

  push(bytes: Uint8Array): DecodedPart[] {
    if (this.#isOver) return [];
    return this.#head === undefined ? this.#takeBody(bytes) : this.#takeHead(this.#head, bytes);
  }

  finish(): DecodedPart[] {
    if (this.#isOver) return [];
    if (this.#head !== undefined) {
      if (this.#head.length > 0) throw malformed("half a head");
      throw new TransportError("unanswered", "The upstream closed the connection without an answer");
    }
    if (this.#remaining !== Number.POSITIVE_INFINITY) throw malformed("less than it promised");
    this.#isOver = true;
    return [{ kind: "end" }];
  }

  #takeHead(before: Uint8Array, bytes: Uint8Array): DecodedPart[] {
    const joined = before.length === 0 ? bytes : joinChunks([before, bytes]);
    const end = findHeadEnd(joined, Math.max(before.length - 3, 0));
    if (end === -1 ? joined.length > MAX_HEAD_BYTES : end > MAX_HEAD_BYTES)
      throw malformed("too large a head");
    if (end === -1) {
      this.#head = joined;
      return [];
    }
    const head = parseResponseHead(joined.subarray(0, end));
    this.#head = undefined;
    this.#remaining = this.#hasBody(head.status) ? (head.contentLength ?? Number.POSITIVE_INFINITY) : 0;
    return [{ kind: "head", head }, ...this.#takeBody(joined.subarray(end))];
  }

  #takeBody(bytes: Uint8Array): DecodedPart[] {
    const taken = bytes.length > this.#remaining ? bytes.subarray(0, this.#remaining) : bytes;
    this.#remaining -= taken.length;
    this.#isOver = this.#remaining === 0;
    return [
      ...(taken.length > 0 ? [{ kind: "data" as const, bytes: taken }] : []),
      ...(this.#isOver ? [{ kind: "end" as const }] : []),
    ];
  }
}
