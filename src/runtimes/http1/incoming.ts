// A request as it comes over a connection: its head is there, its body may be on its way.

import type { RequestHead } from "../../http/request-head.ts";
import type { IncomingBody } from "./incoming-body.ts";
import type { WireSocket } from "./wire-socket.ts";

export class IncomingRequest {
  readonly method: string;
  /** The target as received; as it is logged and passed on, where that was no ASCII. */
  url: string;
  readonly httpVersion: "1.0" | "1.1";
  /** Name (in lower case), value, name, value … each character one byte. */
  readonly fields: string[];
  /** Whether the head declares a body, be it empty. */
  readonly isFramed: boolean;
  /** Undefined where nothing follows the head. */
  readonly body: IncomingBody | undefined;
  readonly socket: WireSocket;

  constructor(head: RequestHead, socket: WireSocket, body: IncomingBody | undefined) {
    this.method = head.method;
    this.url = head.target;
    this.httpVersion = head.version;
    this.fields = head.fields;
    this.isFramed = head.isFramed;
    this.body = body;
    this.socket = socket;
  }

  /** Whether all of it is there. */
  get complete(): boolean {
    return this.body === undefined || this.body.complete;
  }

  /** The value of the first line of a field, named in lower case. */
  field(name: string): string | undefined {
    const { fields } = this;
    for (let index = 0; index < fields.length; index += 2) {
      if (fields[index] === name) return fields[index + 1];
    }
    return undefined;
  }
}
