import { describe, expect, test } from "vitest";
import { readStoreAddress, withoutCredentials } from "../../../src/contract/store-address.ts";

const NOTHING = { endpoint: undefined, region: undefined, binding: undefined };

describe("readStoreAddress", () => {
  test.each<[string, object]>([
    ["https://cdn.example/a/b/", { kind: "origin", base: "https://cdn.example/a/b" }],
    ["http://127.0.0.1:9000", { kind: "origin", base: "http://127.0.0.1:9000" }],
    ["s3://my-bucket", { kind: "s3", bucket: "my-bucket", prefix: "", ...NOTHING }],
    ["s3://my.bucket/a/b/", { kind: "s3", bucket: "my.bucket", prefix: "a/b", ...NOTHING }],
    [
      "s3://b1b/x?endpoint=https://acc.r2.cloudflarestorage.com/&region=auto&binding=FILES",
      {
        kind: "s3",
        bucket: "b1b",
        prefix: "x",
        endpoint: "https://acc.r2.cloudflarestorage.com",
        region: "auto",
        binding: "FILES",
      },
    ],
  ])("reads %s", (text, expected) => {
    expect(readStoreAddress(text)).toEqual(expected);
  });

  test.each([
    ["bucket", "it is no URL"],
    ["file:///x", "file:// is no kind of store"],
    ["https://u:p@host/", "it holds credentials"],
    ["s3://key:secret@bucket", "it holds credentials"],
    ["https://host/?x=1", "it has a query or a fragment"],
    ["s3:///folder", "it names no bucket, or one whose name has fewer than 2 characters"],
    ["s3://bucket?regoin=x", 'it has a parameter "regoin"'],
    ["s3://bucket?endpoint=ftp://x", "its endpoint is no URL of a server"],
    ["s3://bucket?endpoint=https://k:s@x", "its endpoint is no URL of a server"],
    ["s3://bucket/a b", 'the folder "a%20b" cannot be used'],
  ])("refuses %s", (text, flaw) => {
    expect(readStoreAddress(text)).toMatchObject({ flaw });
  });
});

describe("withoutCredentials", () => {
  test("leaves nothing of them, whatever characters they have", () => {
    expect(withoutCredentials("https://u:a/b@c@host/x")).toBe("https://host/x");
    expect(withoutCredentials("s3://bucket/x?region=a")).toBe("s3://bucket/x?region=a");
  });
});
