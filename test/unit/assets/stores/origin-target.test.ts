import { createHash } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createOriginFetch } from "../../../../src/assets/stores/origin-store.ts";
import { createOriginTarget } from "../../../../src/assets/stores/origin-target.ts";

const TEXT = "some bytes";
const HASH = createHash("sha256").update(TEXT).digest("hex");
const BLOB = { hash: HASH, size: TEXT.length, path: "/x" };
const PATH = `/files/${HASH.slice(0, 2)}/${HASH}`;

/** A server that keeps what is PUT, of each the first `keptBytes`, for clients with a token. */
let server: Server;
let objects: Map<string, Buffer>;
let keptBytes: number;
let digests: (string | undefined)[];
beforeEach(async () => {
  objects = new Map();
  digests = [];
  keptBytes = 1_000;
  server = createServer(async (request, response) => {
    const path = request.url ?? "";
    if (request.headers.authorization !== "Bearer let-me") return void response.writeHead(401).end();
    if (request.method === "PUT") {
      digests.push(request.headers["repr-digest"] as string | undefined);
      objects.set(path, Buffer.concat(await request.toArray()).subarray(0, keptBytes));
      return void response.writeHead(201).end();
    }
    const found = objects.get(path);
    response.writeHead(found ? 200 : 404, { "content-length": found?.length ?? 0 }).end(found);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
});
afterEach(() => {
  server.close();
  server.closeAllConnections();
});

const open = (token = "let-me") => {
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/files`;
  return createOriginTarget({ base, fetch: createOriginFetch(token) });
};
const put = (token?: string) => open(token).put(BLOB, new Blob([TEXT]), new AbortController().signal);

describe("createOriginTarget", () => {
  test("puts a blob with its digest, and finds it", async () => {
    expect(await open().find([BLOB])).toEqual(new Map());
    await put();
    expect(objects.get(PATH)?.toString()).toBe(TEXT);
    expect(digests).toEqual([`sha-256=:${createHash("sha256").update(TEXT).digest("base64")}:`]);
    expect(await open().find([BLOB])).toEqual(new Map([[HASH, BLOB.size]]));
  });

  test("does not take part of a blob for the whole", async () => {
    keptBytes = 4;
    await expect(put()).rejects.toMatchObject({
      message: expect.stringContaining(`the origin has 4 bytes of ${BLOB.size}`),
      isTransient: true,
    });
    expect(await open().find([BLOB])).toEqual(new Map([[HASH, 4]]));
  });

  test("says what is wrong with the token, and does not show it", async () => {
    const failure: unknown = await put("wrong-one").catch((error) => error);
    expect(failure).toMatchObject({
      isTransient: false,
      remedy: expect.stringContaining("CAUSEWAY_ASSET_STORE_TOKEN"),
    });
    expect(String(failure)).not.toContain("wrong-one");
  });

  test("fails with what may pass where nobody listens", async () => {
    const target = open();
    server.close();
    server.closeAllConnections();
    const failure = { message: expect.stringContaining("ECONNREFUSED"), isTransient: true };
    await expect(target.find([BLOB])).rejects.toMatchObject(failure);
  });
});
