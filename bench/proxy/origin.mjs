// The server behind the proxies: a small JSON, a megabyte, and ten kilobytes that may be kept.

import { createServer } from "node:http";

const ANSWERS = {
  "/json": {
    body: Buffer.from(JSON.stringify({ id: 1, name: "a small answer", tags: ["a", "b", "c"] })),
    fields: { "content-type": "application/json" },
  },
  "/1mb": {
    body: Buffer.alloc(1024 * 1024, "x"),
    fields: { "content-type": "application/octet-stream" },
  },
  "/kept": {
    body: Buffer.alloc(10 * 1024, "y"),
    fields: { "content-type": "application/octet-stream", "cache-control": "public, max-age=3600" },
  },
};

createServer((request, response) => {
  const { body, fields } = ANSWERS[request.url] ?? ANSWERS["/json"];
  response.writeHead(200, { ...fields, "content-length": body.length });
  response.end(body);
}).listen(Number(process.argv[2]), "127.0.0.1", () => console.log("ready"));
