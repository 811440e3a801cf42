import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { posix } from "node:path";

export const onRequestGet = () =>
  Response.json([
    createHash("sha256").update(Buffer.from("abc")).digest("hex").slice(0, 8),
    posix.join("/a", "../b"),
  ]);
