// What a protocol's decoder makes of the bytes that a server sends; servers are not trusted, so every decoder
// checks lengths and throws a TransportError for what is no answer.

/** Status and fields of an answer. */
export interface ResponseHead {
  status: number;
  statusText: string;
  /** Name, value, name, value …, in lower case. */
  fields: string[];
  /** Undefined: the body ends with the stream. */
  contentLength: number | undefined;
}

export type DecodedPart =
  | { kind: "head"; head: ResponseHead }
  | { kind: "data"; bytes: Uint8Array }
  /** The answer is complete; whatever follows is ignored. */
  | { kind: "end" };

export interface ResponseDecoder {
  /** Takes the next bytes. */
  push(bytes: Uint8Array): DecodedPart[];
  /** The server has closed the connection: throws if the answer is not complete without what is missing. */
  finish(): DecodedPart[];
}
