import { describe, expect, test } from "vitest";
import {
  completeS3Options,
  explainS3,
  isS3Absence,
  readS3Refusal,
  s3Folder,
} from "../../../../src/assets/stores/s3-client.ts";
import type { BucketAddress } from "../../../../src/contract/store-address.ts";

const ADDRESS: BucketAddress = {
  kind: "s3",
  bucket: "files",
  prefix: "site",
  endpoint: undefined,
  region: undefined,
  binding: undefined,
};
const KEY = { AWS_ACCESS_KEY_ID: "id", AWS_SECRET_ACCESS_KEY: "secret" };

describe("completeS3Options", () => {
  test("takes what the address leaves out from the environment", () => {
    const options = completeS3Options(ADDRESS, { ...KEY, AWS_REGION: "eu-west-1", AWS_SESSION_TOKEN: "t" });
    expect(options).toMatchObject({ region: "eu-west-1", accessKeyId: "id", sessionToken: "t" });
    expect(s3Folder(options)).toBe("https://s3.eu-west-1.amazonaws.com/files/site");
  });

  test("prefers the address", () => {
    const address = { ...ADDRESS, endpoint: "http://127.0.0.1:9", region: "here" };
    const env = { ...KEY, AWS_REGION: "there", AWS_ENDPOINT_URL: "http://elsewhere" };
    const options = completeS3Options(address, env);
    expect([options.region, s3Folder(options)]).toEqual(["here", "http://127.0.0.1:9/files/site"]);
  });

  test.each(Object.keys(KEY))("names %s where it is missing, and not the other", (name) => {
    const attempt = () => completeS3Options(ADDRESS, { ...KEY, [name]: "" });
    expect(attempt).toThrow(expect.objectContaining({ code: "store-credentials" }));
    expect(attempt).toThrow(`${name} is not set`);
  });
});

describe("a refusal of S3", () => {
  const options = completeS3Options(ADDRESS, KEY);

  test.each<[number, string | undefined, string, boolean]>([
    [403, "RequestTimeTooSkewed", "the clock of this machine is wrong", false],
    [404, "NoSuchBucket", 'there is no bucket "files"', false],
    [403, "AccessDenied", 'this key may not do that in the bucket "files"', false],
    [400, "ExpiredToken", "the temporary key has expired", false],
    [400, "XAmzContentSHA256Mismatch", "the origin answered 400 (XAmzContentSHA256Mismatch)", true],
    [503, "SlowDown", "the origin answered 503 (SlowDown)", true],
    [418, "Teapot", "the origin answered 418 (Teapot)", false],
    [502, undefined, "the origin answered 502", true],
  ])("%i %s is told in words", (status, code, text, isTransient) => {
    const error = explainS3(options, { status, code }, "upload", "http://s3/x");
    expect([error.message, error.isTransient]).toEqual([
      `Cannot upload "http://s3/x": ${text}${suffix(text, code)}`,
      isTransient,
    ]);
  });

  /** What is told in words keeps its code behind them. */
  const suffix = (text: string, code: string | undefined) =>
    code && !text.includes(code) ? ` (${code})` : "";

  test("is absence for an object only", async () => {
    const answer = (status: number, code: string) =>
      readS3Refusal(new Response(`<Error><Code>${code}</Code></Error>`, { status }));
    expect(isS3Absence(await answer(404, "NoSuchKey"))).toBe(true);
    expect(isS3Absence(await answer(403, "AccessDenied"))).toBe(true);
    expect(isS3Absence(await answer(404, "NoSuchBucket"))).toBe(false);
    expect(isS3Absence(await answer(403, "SignatureDoesNotMatch"))).toBe(false);
    expect(isS3Absence(await readS3Refusal(new Response(null, { status: 404 })))).toBe(true);
  });
});
