import { describe, expect, it } from "vitest";
import type { AccessRecord, LogSink } from "../../../src/contract/platform.ts";
import { isReserved } from "../../../src/edge/phases/refuse-reserved.ts";
import { PHASES } from "../../../src/edge/phases.ts";
import type { EventContext } from "../../../src/gateway/event-context.ts";
import { createTestSite } from "../../../src/testing.ts";

function recordingLog() {
  const access: AccessRecord[] = [];
  const errors: { message: string; error: unknown; fields: Record<string, unknown> | undefined }[] = [];
  const log: LogSink = {
    access: (record) => access.push(record),
    error: (message, error, fields) => errors.push({ message, error, fields }),
    warn() {},
  };
  return { log, access, errors };
}

function streamOf(...sizes: number[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    pull(controller) {
      const size = sizes.shift();
      if (size === undefined) controller.close();
      else controller.enqueue(new Uint8Array(size));
    },
  });
}

const post = (body: BodyInit, headers: Record<string, string> = {}) =>
  ({ method: "POST", body, headers, duplex: "half" }) as RequestInit;

describe("the list of phases", () => {
  it("guards before it delivers", () => {
    const names = PHASES.map((phase) => phase.name);
    expect(names.slice(0, 3)).toEqual(["development guard", "guards", "reserved paths"]);
    expect(names.at(-1)).toBe("static files and functions");
    expect(names.indexOf("site middleware")).toBeLessThan(names.indexOf("static files and functions"));
  });
});

describe("the body limit", () => {
  const readers = {
    text: ({ request }: EventContext) => request.text(),
    json: ({ request }: EventContext) => request.json(),
    arrayBuffer: ({ request }: EventContext) => request.arrayBuffer(),
    clone: ({ request }: EventContext) => request.clone().text(),
    stream: async ({ request }: EventContext) => {
      for await (const _chunk of request.body as unknown as AsyncIterable<Uint8Array>);
    },
  };

  it.each(Object.entries(readers))("stops a body without a length, read by %s", async (_name, read) => {
    const site = await createTestSite({
      limits: { maxBodyBytes: 10 },
      functions: {
        "in.ts": {
          onRequestPost: async (context: EventContext) => {
            await read(context);
            return new Response("read");
          },
        },
      },
    });
    expect((await site.fetch("/in", post(streamOf(6, 6)))).status).toBe(413);
  });

  it("refuses a declared length before the handler runs", async () => {
    let ran = false;
    const onRequestPost = () => {
      ran = true;
      return new Response("ran");
    };
    const site = await createTestSite({
      limits: { maxBodyBytes: 10 },
      functions: { "in.ts": { onRequestPost } },
    });
    const response = await site.fetch("/in", post("x".repeat(11), { "content-length": "11" }));
    expect([response.status, ran]).toEqual([413, false]);
  });

  it.each([[[10]], [[4, 6]], [[0]], [[]]])("lets %j bytes through", async (sizes) => {
    const onRequestPost = async ({ request }: EventContext) =>
      new Response(String((await request.arrayBuffer()).byteLength));
    const site = await createTestSite({
      limits: { maxBodyBytes: 10 },
      functions: { "in.ts": { onRequestPost } },
    });
    const response = await site.fetch("/in", post(streamOf(...sizes)));
    expect([response.status, await response.text()]).toEqual([200, String(sizes.reduce((a, b) => a + b, 0))]);
  });
});

describe("what is reserved", () => {
  it.each([
    "/cdn-cgi",
    "/cdn-cgi/",
    "/cdn-cgi/x",
    "//cdn-cgi/x",
    "/%63dn-cgi/x",
    "/cdn-cgi%2Fx",
    "/a/..%2Fcdn-cgi/x",
    "/./cdn-cgi/x",
  ])("%s is", (pathname) => expect(isReserved(pathname)).toBe(true));

  it.each(["/", "/cdn-cgix", "/a/cdn-cgi/x", "/%zz", "/CDN-CGI/x"])("%s is not", (pathname) => {
    expect(isReserved(pathname)).toBe(false);
  });

  it("is not served, though it is in the manifest", async () => {
    const site = await createTestSite({
      assets: { "/cdn-cgi/pages-plugins/a/x.txt": "inner", "/404.html": "none" },
    });
    const response = await site.fetch("/cdn-cgi/pages-plugins/a/x.txt");
    expect([response.status, await response.text()]).toEqual([404, "none"]);
  });
});

describe("an exception", () => {
  it("becomes a 500 with the id that the log has, and nothing of the error", async () => {
    const { log, errors } = recordingLog();
    const onRequest = () => {
      throw new Error("secret in /srv/app");
    };
    const site = await createTestSite({ log, functions: { "fail.ts": { onRequest } } });
    const response = await site.fetch("/fail");
    const text = await response.text();
    expect(response.status).toBe(500);
    expect(text).not.toContain("secret");
    const id = errors[0]?.fields?.requestId;
    expect(text).toContain(String(id));
    expect(response.headers.get("x-request-id")).toBe(id);
    expect(errors[0]?.error).toHaveProperty("message", "secret in /srv/app");
  });

  it("in the owner's middleware is treated alike", async () => {
    const { log, errors } = recordingLog();
    const site = await createTestSite({
      log,
      assets: { "/a.txt": "a" },
      middleware: [
        () => {
          throw new Error("in middleware");
        },
      ],
    });
    expect((await site.fetch("/a.txt")).status).toBe(500);
    expect(errors).toHaveLength(1);
  });

  it("in background work is logged and disturbs nothing", async () => {
    const { log, errors } = recordingLog();
    const onRequest = ({ waitUntil }: EventContext) => {
      waitUntil(Promise.reject(new Error("later")));
      return new Response("answered");
    };
    const site = await createTestSite({ log, functions: { "bg.ts": { onRequest } } });
    expect(await (await site.fetch("/bg")).text()).toBe("answered");
    await site.settled();
    expect(errors.map(({ error }) => (error as Error).message)).toEqual(["later"]);
  });
});

describe("the access log", () => {
  it("has one record per request, failures among them, with path and query as they came", async () => {
    const { log, access } = recordingLog();
    const functions = {
      "fail.ts": {
        onRequest: () => {
          throw new Error("x");
        },
      },
    };
    const site = await createTestSite({ log, accessLog: true, functions, assets: { "/a.txt": "a" } });
    // A body of no stated length is counted as it is read.
    for (const path of ["/a.txt?q=%20", "/none", "/fail"]) await (await site.fetch(path)).text();
    await site.fetch("/a.txt", { method: "HEAD" });
    expect(access.map(({ method, target, status, route }) => [method, target, status, route])).toEqual([
      ["GET", "/a.txt?q=%20", 200, "static"],
      ["GET", "/none", 404, "static"],
      ["GET", "/fail", 500, "/fail"],
      ["HEAD", "/a.txt", 200, "static"],
    ]);
    for (const record of access) expect(record.durationMs).toBeGreaterThanOrEqual(0);
  });
});

describe("the owner's middleware", () => {
  it("runs in front of files and functions, and sees the application's env", async () => {
    const site = await createTestSite({
      env: { NAME: "set" },
      assets: { "/a.txt": "a" },
      functions: { "f.ts": { onRequest: () => new Response("f") } },
      middleware: [
        async (context, next) => {
          await next();
          context.res.headers.set("x-seen", String(context.env.NAME));
        },
      ],
    });
    for (const path of ["/a.txt", "/f"]) expect((await site.fetch(path)).headers.get("x-seen")).toBe("set");
  });
});
