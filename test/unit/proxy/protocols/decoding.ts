// Drives a response decoder as a connection would, in pieces of any size.

import type { ResponseDecoder, ResponseHead } from "../../../../src/proxy/protocols/response-decoder.ts";

export interface Decoded {
  head: ResponseHead | undefined;
  body: string;
  isComplete: boolean;
}

/** Feeds all bytes, `size` at a time, then the end of the connection. */
export function decodeAll(decoder: ResponseDecoder, bytes: Uint8Array, size: number): Decoded {
  const decoded: Decoded = { head: undefined, body: "", isComplete: false };
  const take = (parts: ReturnType<ResponseDecoder["push"]>) => {
    for (const part of parts) {
      if (part.kind === "head") decoded.head = part.head;
      else if (part.kind === "data") decoded.body += String.fromCharCode(...part.bytes);
      else decoded.isComplete = true;
    }
  };
  for (let start = 0; start < bytes.length; start += size)
    take(decoder.push(bytes.subarray(start, start + size)));
  take(decoder.finish());
  return decoded;
}

export function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
