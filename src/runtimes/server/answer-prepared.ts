// How does Node send a prepared answer? As it is, before anything is made of the request; a small one as the bytes
// that go over the wire, which are the same for a second.

import { HotFieldReader, type HotFields } from "../../assets/hot-fields.ts";
import type { HotAnswer, HotRequest } from "../../assets/hot-table.ts";
import { fieldsOf } from "../../http/field-headers.ts";
import type { HotFront } from "../hot-front.ts";
import type { IncomingRequest } from "../http1/incoming.ts";
import { dateLine, formatHead } from "../http1/message-text.ts";
import type { OutgoingAnswer } from "../http1/outgoing.ts";
import type { CheckedListener } from "./check-request.ts";

/** Larger bodies are not worth a copy. */
const MAX_JOINED_BYTES = 128 * 1024;

/** Sends what is prepared, and leaves everything else to `next`; `onPrepared` hears of each that is sent. */
export function answerPrepared(
  currentFront: () => HotFront,
  next: CheckedListener,
  onPrepared?: (incoming: IncomingRequest) => void,
): CheckedListener {
  const wires = new WeakMap<HotAnswer, Wire>();
  return (incoming, outgoing, checked) => {
    const found = currentFront().answer(new PreparedRequest(incoming, checked.authority));
    if (found === undefined) return next(incoming, outgoing, checked);
    onPrepared?.(incoming);
    if (!outgoing.isPlain || (found.body !== null && found.body.length > MAX_JOINED_BYTES)) {
      outgoing.writeHead(found.status, orderedFields(found));
      outgoing.end(found.body);
      return;
    }
    let wire = wires.get(found);
    if (wire === undefined || wire.date !== dateLine()) {
      wire = toWire(found, outgoing);
      wires.set(found, wire);
    }
    outgoing.endPrepared(found.status, wire.bytes, found.body?.length ?? 0);
  };
}

/** An answer as it goes over the wire. */
interface Wire {
  bytes: Uint8Array;
  /** The line that says when; another second needs other bytes. */
  date: string;
}

function toWire(found: HotAnswer, { keepAliveLines }: OutgoingAnswer): Wire {
  const { status, body } = found;
  const fields = orderedFields(found);
  const date = dateLine();
  const head = Buffer.from(
    `${formatHead(status, undefined, fields).text}${date}${keepAliveLines}\r\n`,
    "latin1",
  );
  return { bytes: body === null ? head : Buffer.concat([head, body]), date };
}

/** As the usual answer is written: in the order in which it got them, the length last. */
function orderedFields({ headers, fields }: HotAnswer): readonly string[] {
  const list = fieldsOf(headers);
  const place = list?.findIndex((text, index) => index % 2 === 0 && text === "content-length") ?? -1;
  if (list === undefined || place < 0) return list ?? fields;
  return [...list.toSpliced(place, 2), "content-length", list[place + 1] as string];
}

class PreparedRequest implements HotRequest {
  readonly #incoming: IncomingRequest;
  readonly host: string;

  constructor(incoming: IncomingRequest, host: string) {
    this.#incoming = incoming;
    this.host = host;
  }

  get method(): string {
    return this.#incoming.method;
  }

  get target(): string {
    return this.#incoming.url;
  }

  get fields(): HotFields {
    const reader = new HotFieldReader();
    const { fields } = this.#incoming;
    for (let index = 0; index < fields.length; index += 2) {
      reader.add(fields[index] as string, fields[index + 1] as string);
    }
    return reader;
  }
}
