// The server behind the proxies: a small JSON and a megabyte.

import { createServer } from "node:http";

const json = Buffer.from(JSON.stringify({ id: 1, name: "a small answer", tags: ["a", "b", "c"] }));
const megabyte = Buffer.alloc(1024 * 1024, "x");

createServer((request, response) => {
  const body = request.url === "/1mb" ? megabyte : json;
  response.writeHead(200, {
    "content-type": body === json ? "application/json" : "application/octet-stream",
    "content-length": body.length,
  });
  response.end(body);
}).listen(Number(process.argv[2]), "127.0.0.1", () => console.log("ready"));
