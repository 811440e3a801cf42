// Tokens, good ones and such as attackers make.

import { createHmac } from "node:crypto";
import { SECRET } from "./secret.ts";

const encode = (value: unknown) =>
  Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");

/** The claims of a token that is good for a long time; far away, so that exchanges are the same every day. */
export const CLAIMS = { sub: "ann", iss: "https://issuer.test", aud: "site", exp: 4_000_000_000 };

/** The one token that was signed with the private half of the public key; it is good until the year 2096. */
export const ES256_TOKEN = [
  "eyJhbGciOiJFUzI1NiJ9",
  "eyJzdWIiOiJhbm4iLCJleHAiOjQwMDAwMDAwMDB9",
  "pS_jzSc8E9546SQEequlXgOXo9YPtZHK7Q1-AZnkgGUeL4sLYs2dYGsE9VGAkhQEy-rsCFttiqjfd_Djrx2N7g",
].join(".");

/** Signed with HMAC-SHA-256, whatever the header says; `payload` may be any JSON text. */
export function sign(
  payload: object | string = CLAIMS,
  header: object = { alg: "HS256", typ: "JWT" },
  secret = SECRET,
): string {
  const text = `${encode(header)}.${encode(payload)}`;
  return `${text}.${createHmac("sha256", secret).update(text).digest("base64url")}`;
}
