// How does Node send a prepared answer? As it is, before anything is made of the request.

import type { IncomingMessage } from "node:http";
import { HotFieldReader, type HotFields } from "../../assets/hot-fields.ts";
import type { HotRequest } from "../../assets/hot-table.ts";
import type { HotFront } from "../hot-front.ts";
import type { CheckedListener } from "./check-request.ts";

/** Sends what is prepared, and leaves everything else to `next`; `onPrepared` hears of each that is sent. */
export function answerPrepared(
  currentFront: () => HotFront,
  next: CheckedListener,
  onPrepared?: (incoming: IncomingMessage) => void,
): CheckedListener {
  return (incoming, outgoing, checked) => {
    const found = currentFront().answer(new PreparedRequest(incoming, checked.authority));
    if (found === undefined) return next(incoming, outgoing, checked);
    onPrepared?.(incoming);
    outgoing.writeHead(found.status, found.fields as string[]);
    outgoing.end(found.body);
  };
}

class PreparedRequest implements HotRequest {
  readonly #incoming: IncomingMessage;
  readonly host: string;

  constructor(incoming: IncomingMessage, host: string) {
    this.#incoming = incoming;
    this.host = host;
  }

  get method(): string {
    return this.#incoming.method as string;
  }

  get target(): string {
    return this.#incoming.url as string;
  }

  get fields(): HotFields {
    const reader = new HotFieldReader();
    const { rawHeaders } = this.#incoming;
    for (let index = 0; index < rawHeaders.length; index += 2) {
      reader.add(rawHeaders[index] as string, rawHeaders[index + 1] as string);
    }
    return reader;
  }
}
