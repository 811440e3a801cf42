// Many clients, one request to the origin, over real sockets.

import { Agent, createServer, get } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { RunningServer } from "../../src/runtimes/running-server.ts";
import { everythingTo, startProxy } from "../process/proxy/proxy-site.ts";

const CLIENTS = 1_000;

let asked = 0;
let proxy: RunningServer;
const origin = createServer((_request, response) => {
  asked += 1;
  setTimeout(() => {
    response.writeHead(200, { "cache-control": "max-age=60" });
    response.end("the answer");
  }, 200);
});

beforeAll(async () => {
  await new Promise<void>((resolve) => origin.listen(0, "127.0.0.1", resolve));
  proxy = await startProxy(everythingTo(`http://127.0.0.1:${(origin.address() as AddressInfo).port}`));
});

afterAll(async () => {
  await proxy.close();
  origin.closeAllConnections();
  origin.close();
});

it(`asks the origin once for ${CLIENTS} clients of one cold URL`, async () => {
  const agent = new Agent({ maxSockets: CLIENTS });
  const bodies = await Promise.all(
    Array.from({ length: CLIENTS }, () => read(`${proxy.url.origin}/cold`, agent)),
  );
  agent.destroy();
  expect(new Set(bodies)).toEqual(new Set(["the answer"]));
  expect(asked).toBe(1);
});

function read(url: string, agent: Agent): Promise<string> {
  return new Promise((resolve, reject) => {
    get(url, { agent }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk) => {
        text += chunk;
      });
      response.on("end", () => resolve(text)).on("error", reject);
    }).on("error", reject);
  });
}
