// How does Node send a prepared answer? As it is, before anything is made of the request.

import type { IncomingMessage } from "node:http";
import { HotFieldReader, type HotFields } from "../../assets/hot-fields.ts";
import type { HotRequest } from "../../assets/hot-table.ts";
import type { HotFront } from "../hot-front.ts";
import type { CheckedListener } from "./check-request.ts";

/** Sends what is prepared, and leaves everything else to `next`. */
export function answerPrepared(currentFront: () => HotFront, next: CheckedListener): CheckedListener {
  return (incoming, outgoing, checked) => {
    const request = new PreparedRequest(incoming, checked.authority);
    const found = currentFront().answer(request, () => incoming.socket.remoteAddress);
    if (found === undefined) return next(incoming, outgoing, checked);
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
