// Sends bytes that no client library would send, and reads what comes back on that connection.

import { connect } from "node:net";

export interface RawReply {
  /** Of each response, interim ones too, in order; empty if the connection was closed without one. */
  statuses: number[];
  text: string;
  /** Nothing came, and the connection stayed open. */
  isHanging: boolean;
}

/** One connection: `head` without the empty line after it; the server is asked to close. */
export function sendRaw(origin: URL, head: string, timeoutMs = 5_000): Promise<RawReply> {
  return new Promise((resolve) => {
    let text = "";
    const socket = connect(Number(origin.port), "127.0.0.1", () => socket.write(`${head}\r\n\r\n`, "latin1"));
    const finish = (isHanging: boolean) => {
      clearTimeout(timer);
      socket.destroy();
      const statuses = [...text.matchAll(/HTTP\/1\.[01] (\d{3})/g)].map((match) => Number(match[1]));
      resolve({ statuses, text, isHanging });
    };
    const timer = setTimeout(() => finish(true), timeoutMs);
    socket.setEncoding("latin1").on("data", (chunk) => {
      text += chunk;
    });
    socket.once("close", () => finish(false)).on("error", () => {});
  });
}

/** GET for a target as it stands. */
export function getRaw(origin: URL, target: string, host = "127.0.0.1"): Promise<RawReply> {
  return sendRaw(origin, `GET ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: close`);
}
