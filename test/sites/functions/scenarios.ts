// Streaming, large bodies and clients that go away: what one request and one answer cannot show.

import http from "node:http";
import type { Scenario } from "../../conformance/exchange.ts";

const TEN_MEGABYTES = 10 * 1024 * 1024;

function open(
  origin: URL,
  path: string,
  method = "GET",
  headers: http.OutgoingHttpHeaders = {},
): http.ClientRequest {
  return http.request({ host: origin.hostname, port: origin.port, path, method, headers, agent: false });
}

function responseOf(request: http.ClientRequest): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.once("response", resolve);
    request.once("error", reject);
  });
}

async function textOf(response: http.IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of response) text += chunk;
  return text;
}

async function getJson(origin: URL, path: string): Promise<Record<string, unknown>> {
  const request = open(origin, path);
  request.end();
  return JSON.parse(await textOf(await responseOf(request)));
}

/** Asks until the condition holds; the answer itself is what makes time pass. */
async function eventually(check: () => Promise<boolean>): Promise<boolean> {
  const deadline = performance.now() + 5_000;
  while (performance.now() < deadline) if (await check()) return true;
  return false;
}

export const scenarios: Scenario[] = [
  {
    name: "an event reaches the client before the next one is made",
    async run(origin) {
      const request = open(origin, "/stream/count");
      request.end();
      const response = await responseOf(request);
      const parts: string[] = [];
      for await (const chunk of response) parts.push(String(chunk));
      return { arrivedApart: parts.length >= 4, text: parts.join("") };
    },
    expect: { arrivedApart: true, text: "data: 0\n\ndata: 1\n\ndata: 2\n\ndata: 3\n\ndata: 4\n\n" },
  },
  {
    name: "a body is streamed in while the answer streams out",
    async run(origin) {
      const request = open(origin, "/stream/upper", "POST", { "content-type": "text/plain" });
      request.write("one ");
      const response = await responseOf(request);
      const received: string[] = [];
      for await (const chunk of response) {
        received.push(String(chunk));
        if (received.length === 1) request.write("two ");
        if (received.length === 2) request.end("three");
      }
      return { text: received.join(""), duplex: received.length >= 3 };
    },
    expect: { text: "ONE TWO THREE", duplex: true },
  },
  {
    name: "10 MB up, with a length",
    async run(origin) {
      const request = open(origin, "/stream/large", "POST", { "content-length": TEN_MEGABYTES });
      request.end(Buffer.alloc(TEN_MEGABYTES, 7));
      return JSON.parse(await textOf(await responseOf(request)));
    },
    expect: { bytes: TEN_MEGABYTES },
  },
  {
    name: "10 MB up, chunked",
    async run(origin) {
      const request = open(origin, "/stream/large", "POST", { "transfer-encoding": "chunked" });
      for (let part = 0; part < 160; part += 1) request.write(Buffer.alloc(64 * 1024, part));
      request.end();
      return JSON.parse(await textOf(await responseOf(request)));
    },
    expect: { bytes: TEN_MEGABYTES },
  },
  {
    name: "10 MB down",
    async run(origin) {
      const request = open(origin, `/stream/large?bytes=${TEN_MEGABYTES}`);
      request.end();
      const response = await responseOf(request);
      let bytes = 0;
      for await (const chunk of response) bytes += (chunk as Buffer).length;
      return { status: response.statusCode, bytes };
    },
    expect: { status: 200, bytes: TEN_MEGABYTES },
  },
  {
    name: "a client that goes away ends the stream it was reading",
    async run(origin) {
      const before = await getJson(origin, "/stream/endless?state");
      const request = open(origin, "/stream/endless");
      request.on("error", () => {
        // Broken off below, on purpose.
      });
      request.end();
      const response = await responseOf(request);
      response.on("error", () => {
        // The same break, seen from the response.
      });
      await new Promise((resolve) => response.once("data", resolve));
      request.destroy();
      return eventually(async () => {
        const now = await getJson(origin, "/stream/endless?state");
        return now.cancelled === Number(before.cancelled) + 1 && now.open === before.open;
      });
    },
    expect: true,
  },
  {
    name: "a body that breaks breaks the connection, and says nothing of why",
    async run(origin) {
      const request = open(origin, "/stream/broken");
      request.end();
      const response = await responseOf(request);
      let text = "";
      try {
        for await (const chunk of response) text += chunk;
        return { text, complete: true };
      } catch {
        return { text, complete: false };
      }
    },
    expect: { text: "half", complete: false },
  },
  {
    name: "an answer does not wait for the work that waitUntil has",
    async run(origin) {
      const ask = async (method: string) => {
        const request = open(origin, "/data/later", method);
        request.end();
        return Number(JSON.parse(await textOf(await responseOf(request))).ended);
      };
      const before = await ask("POST");
      const meanwhile = await ask("GET");
      await ask("PUT");
      const ends = await eventually(async () => (await ask("GET")) === before + 1);
      return { meanwhile: meanwhile - before, ends };
    },
    expect: { meanwhile: 0, ends: true },
  },
  {
    name: "HEAD tells the length of GET's answer or none, never another",
    async run(origin) {
      const request = open(origin, "/hello", "HEAD");
      request.end();
      const { headers } = await responseOf(request);
      return [undefined, "5"].includes(headers["content-length"]);
    },
    expect: true,
  },
  {
    name: "the server answers after all of it",
    run: (origin) => getJson(origin, "/users/1"),
    expect: { params: { id: "1" }, functionPath: "/users/1" },
  },
];
