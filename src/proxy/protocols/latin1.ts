// Texts whose characters are bytes, as header fields and CGI variables have them, to bytes and back.

/** Writes `text` at `position`; one byte per character. */
export function writeLatin1(bytes: Uint8Array, position: number, text: string): void {
  for (let index = 0; index < text.length; index += 1) bytes[position + index] = text.charCodeAt(index);
}

const PIECE = 8_192;

/** One character per byte; TextDecoder's "latin1" is windows-1252 and would change some. */
export function decodeLatin1(bytes: Uint8Array): string {
  let text = "";
  for (let start = 0; start < bytes.length; start += PIECE) {
    text += String.fromCharCode(...bytes.subarray(start, start + PIECE));
  }
  return text;
}
