// WebSockets through a front: the request's head goes to the site's process, and after it bytes go both ways. The
// site decides; whatever it answers, it reads no second request on that connection.

import { connect } from "node:net";
import { isHopByHop } from "../../http/hop-by-hop.ts";
import type { OpenSocket } from "../app-server/drain-worker.ts";
import type { IncomingRequest } from "../http1/incoming.ts";
import { toStream, type WireSocket } from "../http1/wire-socket.ts";
import { type Introduction, originForm } from "./forward-to-site.ts";

/**
 * Opens a tunnel. `open` holds it until it is over; the site's worker closes its WebSockets itself, so that only
 * a forced end is left to the front. `failed` is called if nobody took the connection.
 */
export function tunnelToSite(
  incoming: IncomingRequest,
  client: WireSocket,
  head: Buffer,
  introduction: Introduction,
  place: { path: string } | { host: string; port: number },
  open: Set<OpenSocket>,
  failed: () => void,
): void {
  const worker = connect(place);
  const tunnel: OpenSocket = { close() {}, terminate: () => worker.destroy() };
  let isConnected = false;
  open.add(tunnel);
  worker.once("connect", () => {
    isConnected = true;
    worker.write(formatHead(incoming, introduction), "latin1");
    if (head.length > 0) worker.write(head);
    const stream = toStream(client);
    stream.pipe(worker).pipe(stream);
  });
  worker.on("error", () => {
    if (!isConnected) failed();
  });
  worker.once("close", () => {
    open.delete(tunnel);
    if (isConnected) client.destroySoon();
  });
  client.once("close", () => worker.destroy());
}

function formatHead(incoming: IncomingRequest, { host, clientField }: Introduction): string {
  const { method, url, fields, socket } = incoming;
  const lines = [`${method} ${originForm(url)} HTTP/1.1`, `host: ${host}`];
  for (let index = 0; index < fields.length; index += 2) {
    const name = fields[index] as string;
    if (name === "host" || name === clientField || (isHopByHop(name) && name !== "upgrade")) continue;
    lines.push(`${name}: ${fields[index + 1]}`);
  }
  lines.push("connection: upgrade");
  if (socket.remoteAddress !== undefined) lines.push(`${clientField}: ${socket.remoteAddress}`);
  return `${lines.join("\r\n")}\r\n\r\n`;
}
