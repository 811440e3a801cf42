// A site on Workers whose files another HTTP server keeps: pushed there, read from there, and nothing of them in
// what is deployed.

import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect, test } from "vitest";
import { makeProject, runCli } from "../../cli/run-cli.ts";
import { launch } from "../../runtimes/launch.ts";

/** Keeps what is PUT in memory. */
async function startOrigin() {
  const objects = new Map<string, Buffer>();
  const state = { isDown: false };
  const server = createServer(async (request, response) => {
    const path = request.url ?? "";
    if (state.isDown) return void response.writeHead(500).end();
    if (request.method === "PUT") {
      objects.set(path, Buffer.concat(await request.toArray()));
      return void response.writeHead(201).end();
    }
    const found = objects.get(path);
    if (found === undefined) return void response.writeHead(404).end();
    response.writeHead(200, { "content-length": found.length }).end(request.method === "HEAD" ? "" : found);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/files`, objects, state, close };
}

test("Workers read the files of a site from an HTTP origin", async () => {
  const origin = await startOrigin();
  try {
    const root = makeProject({
      "package.json": JSON.stringify({ name: "remote", causeway: { assetStore: origin.url } }),
      "public/a.bin": "0123456789",
    });
    for (const args of [
      ["build", root, "--target", "workers"],
      ["assets", "push", root],
    ]) {
      expect(await runCli(args)).toMatchObject({ code: 0, stderr: "" });
    }
    expect(origin.objects.size).toBe(1);
    const settings = JSON.parse(readFileSync(join(root, "dist", "wrangler.json"), "utf8"));
    expect(settings).not.toHaveProperty("assets");
    expect(existsSync(join(root, "dist", "assets"))).toBe(true);
    const site = await launch("workerd", join(root, "dist"));
    try {
      const url = new URL("/a.bin", site.origin);
      expect(await (await fetch(url)).text()).toBe("0123456789");
      expect(await (await fetch(url, { headers: { range: "bytes=2-4" } })).text()).toBe("234");
      origin.state.isDown = true;
      const failed = await fetch(url);
      expect([failed.status, failed.headers.get("retry-after")]).toEqual([503, "1"]);
      await failed.body?.cancel();
      origin.state.isDown = false;
      expect((await fetch(url)).status).toBe(200);
    } finally {
      await site.stop();
    }
  } finally {
    origin.close();
  }
}, 60_000);
