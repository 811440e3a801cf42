// WebSockets from functions: messages both ways, close codes both ways, and connections that break off.

import { once } from "node:events";
import { WebSocket } from "ws";
import { perform, type Scenario } from "../../conformance/exchange.ts";

/** A client behind the middleware of the site, which has read the greeting. */
async function connect(origin: URL): Promise<WebSocket> {
  const socket = new WebSocket(new URL("/socket/echo", origin.href.replace("http", "ws")));
  const [greeting] = await once(socket, "message");
  if (String(greeting) !== "welcome") throw new Error(`greeted with ${greeting}`);
  return socket;
}

async function ask(
  socket: WebSocket,
  message: string | Uint8Array,
): Promise<{ text: string; binary: boolean }> {
  const answered = once(socket, "message");
  socket.send(message);
  const [data, binary] = await answered;
  return { text: String(data), binary };
}

async function closing(socket: WebSocket, close: () => void): Promise<unknown> {
  const closed = once(socket, "close");
  close();
  const [code, reason] = await closed;
  return { code, reason: String(reason) };
}

/** How the function saw connections end; asks until it has seen one. */
async function closesSeen(origin: URL): Promise<unknown> {
  const deadline = performance.now() + 5_000;
  while (performance.now() < deadline) {
    const { body } = await perform(origin, { method: "DELETE", path: "/socket/echo" });
    const seen = JSON.parse(body.toString());
    if (seen.length > 0) return seen;
  }
  return [];
}

export const scenarios: Scenario[] = [
  {
    name: "text and bytes come back as they were sent",
    async run(origin) {
      const socket = await connect(origin);
      const answers = [
        await ask(socket, "one"),
        await ask(socket, "zwei ü €"),
        await ask(socket, Buffer.from("bytes")),
        await ask(socket, ""),
      ];
      const large = await ask(socket, "x".repeat(200_000));
      await closing(socket, () => socket.close());
      await closesSeen(origin);
      return { answers, largeLength: large.text.length };
    },
    expect: {
      answers: [
        { text: "echo one", binary: false },
        { text: "echo zwei ü €", binary: false },
        { text: "bytes", binary: true },
        { text: "echo ", binary: false },
      ],
      largeLength: 200_005,
    },
  },
  {
    name: "the code and reason of a client reach the function, and come back",
    async run(origin) {
      const socket = await connect(origin);
      const atClient = await closing(socket, () => socket.close(4001, "done here"));
      return { atClient, atFunction: await closesSeen(origin) };
    },
    expect: {
      atClient: { code: 4001, reason: "done here" },
      atFunction: [{ code: 4001, reason: "done here", wasClean: true }],
    },
  },
  {
    name: "the code and reason of a function reach the client",
    async run(origin) {
      const socket = await connect(origin);
      return closing(socket, () => socket.send("close 3000 that was all"));
    },
    expect: { code: 3000, reason: "that was all" },
  },
  {
    name: "two connections do not hear each other",
    async run(origin) {
      const [a, b] = [await connect(origin), await connect(origin)];
      const answers = await Promise.all([ask(a, "a"), ask(b, "b")]);
      a.terminate();
      b.terminate();
      return answers.map(({ text }) => text);
    },
    expect: ["echo a", "echo b"],
  },
];
