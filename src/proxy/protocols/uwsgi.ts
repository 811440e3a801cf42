// The uwsgi protocol: one packet of variables, then the body as it is; the answer is HTTP's head and body.
// uWSGI docs, "The uwsgi Protocol".

import { TransportError } from "../../contract/transport.ts";
import { CgiResponseDecoder } from "./cgi-response.ts";
import type { CgiVariables } from "./cgi-variables.ts";
import { writeLatin1 } from "./latin1.ts";
import type { ResponseDecoder } from "./response-decoder.ts";

const HEADER_BYTES = 4;
const LENGTH_BYTES = 2;
const MAX_UINT16 = 0xffff;
/** modifier1 0 is a WSGI-like request of variables. */
const MODIFIER_WSGI = 0;

/** The packet for variables; throws `unsendable` where they are more than 16 bits can count. */
export function encodeUwsgiPacket(variables: CgiVariables): Uint8Array {
  const size = variables.reduce((total, text) => total + LENGTH_BYTES + text.length, 0);
  if (size > MAX_UINT16 || variables.some((text) => text.length > MAX_UINT16)) {
    throw new TransportError("unsendable", "The request is larger than a uwsgi packet", { status: 431 });
  }
  const packet = new Uint8Array(HEADER_BYTES + size);
  const view = new DataView(packet.buffer);
  view.setUint8(0, MODIFIER_WSGI);
  view.setUint16(1, size, true);
  let position = HEADER_BYTES;
  for (const text of variables) {
    view.setUint16(position, text.length, true);
    writeLatin1(packet, position + LENGTH_BYTES, text);
    position += LENGTH_BYTES + text.length;
  }
  return packet;
}

/** Reads the answer. */
export function createUwsgiDecoder(hasBody: (status: number) => boolean): ResponseDecoder {
  return new CgiResponseDecoder(hasBody);
}
