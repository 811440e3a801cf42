// A body without its content codings, as far as this runtime knows them. RFC 9110 §8.4.

import { joinChunks } from "../http/join-chunks.ts";

/** `unknown`: a coding that cannot be undone here; `too-large`: there is more behind it than is compared. */
export type DecodedBody =
  | { kind: "decoded"; bytes: Uint8Array }
  | { kind: "unknown" }
  | { kind: "too-large" };

/** What runtimes call the codings that HTTP calls otherwise. */
const FORMATS: Readonly<Record<string, string>> = { "x-gzip": "gzip", br: "brotli" };

/** Undoes the codings, the last one first. */
export async function decodeBody(
  bytes: Uint8Array,
  encoding: string | null,
  maxBytes: number,
): Promise<DecodedBody> {
  const codings = (encoding ?? "")
    .toLowerCase()
    .split(",")
    .map((coding) => coding.trim());
  let decoded = bytes;
  for (const coding of codings.filter((name) => name !== "" && name !== "identity").reverse()) {
    // An answer to HEAD names the coding of a body that it does not have.
    if (decoded.length === 0) return { kind: "decoded", bytes: decoded };
    const stage = createDecoder(FORMATS[coding] ?? coding);
    if (stage === undefined) return { kind: "unknown" };
    const next = await decode(decoded, stage, maxBytes);
    if (next.kind !== "decoded") return next;
    decoded = next.bytes;
  }
  return { kind: "decoded", bytes: decoded };
}

function createDecoder(format: string): DecompressionStream | undefined {
  try {
    return new DecompressionStream(format as CompressionFormat);
  } catch {
    return undefined;
  }
}

/** A few bytes may stand for very many: what comes out is counted. */
async function decode(bytes: Uint8Array, stage: DecompressionStream, maxBytes: number): Promise<DecodedBody> {
  const source = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream();
  const reader = source.pipeThrough(stage).getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      length += next.value.length;
      if (length > maxBytes) {
        await reader.cancel();
        return { kind: "too-large" };
      }
      chunks.push(next.value);
    }
  } catch {
    return { kind: "unknown" };
  }
  return { kind: "decoded", bytes: joinChunks(chunks) };
}
