// What stands in front of workerd? On Cloudflare's network a server refuses requests that are none before any Worker
// sees them; wrangler's local server takes a target of `..` for `/`. Here it is the door of the other runtimes.

import type { UpstreamServer } from "../../contract/transport.ts";
import type { OpenSocket } from "../app-server/drain-worker.ts";
import { answerOn } from "../http1/answer-on-socket.ts";
import { answerPlainly } from "../http1/answer-plainly.ts";
import type { IncomingRequest } from "../http1/incoming.ts";
import type { OutgoingAnswer } from "../http1/outgoing.ts";
import type { WireSocket } from "../http1/wire-socket.ts";
import { forwardToSite, type Introduction, type SiteAnswer } from "../many-sites/forward-to-site.ts";
import { tunnelToSite } from "../many-sites/tunnel-to-site.ts";
import { acceptConnections } from "../server/accept.ts";
import { type CheckedTarget, checkRequest, refuseMalformed } from "../server/check-request.ts";
import { createLimitedServer } from "../server/client-limits.ts";
import { asksForWebSocket } from "../server/node-upgrade.ts";
import { Http1Transport } from "../server/transport-http1.ts";
import { sendCoded } from "./send-coded.ts";

export interface WorkerdDoor {
  port: number;
  close(): Promise<void>;
}

/** By which Workers know who asks (Cloudflare docs, "HTTP headers"). */
const CLIENT_FIELD = "cf-connecting-ip";
/** What wrangler's own parts tell each other; nobody else may. */
const INTERNAL_FIELD = /^mf-/;
const CONNECT_TIMEOUT_MS = 5_000;

/** Listens for workerd, which listens at `behind`. Rejects with `port-in-use` or `address-unavailable`. */
export async function openWorkerdDoor(
  port: number,
  host: string,
  behind: { host: string; port: number },
): Promise<WorkerdDoor> {
  const transport = new Http1Transport();
  const tunnels = new Set<OpenSocket>();
  const server: UpstreamServer = {
    id: `${behind.host}:${behind.port}`,
    protocol: "http",
    address: { kind: "tcp", hostname: behind.host, port: behind.port },
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
    maxBufferedBodyBytes: 0,
  };
  const forward = async (incoming: IncomingRequest, outgoing: OutgoingAnswer, checked: CheckedTarget) => {
    const send = (answer: SiteAnswer) => sendCoded(incoming, answer, outgoing);
    await forwardToSite(incoming, outgoing, introduce(incoming, checked), server, transport, send).catch(() =>
      answerPlainly(outgoing, 502, "Bad Gateway\n"),
    );
  };
  const upgrade = (incoming: IncomingRequest, socket: WireSocket, head: Buffer) => {
    socket.on("error", () => socket.destroy());
    const refuse = (status: number, text: string) => answerPlainly(answerOn(socket, incoming), status, text);
    const checked = checkRequest(incoming);
    if (typeof checked === "number") return refuse(checked, "Bad Request\n");
    const failed = () => refuse(502, "Bad Gateway\n");
    tunnelToSite(incoming, socket, head, introduce(incoming, checked), behind, tunnels, failed);
  };
  const door = createLimitedServer(undefined, {
    request: refuseMalformed((incoming, outgoing, checked) => void forward(incoming, outgoing, checked)),
    isUpgrade: asksForWebSocket,
    upgrade,
  });
  const listening = await acceptConnections(door, port, host);
  return {
    port: listening.port,
    async close() {
      const closed = door.close();
      for (const tunnel of tunnels) tunnel.terminate();
      door.closeAllConnections();
      await Promise.all([closed, transport.close()]);
    },
  };
}

/** Takes off what only wrangler may say, and tells the rest as it was said. */
function introduce(incoming: IncomingRequest, { authority }: CheckedTarget): Introduction {
  const { fields } = incoming;
  for (let index = fields.length - 2; index >= 0; index -= 2) {
    if (INTERNAL_FIELD.test(fields[index] as string)) fields.splice(index, 2);
  }
  return { host: authority, clientField: CLIENT_FIELD };
}
