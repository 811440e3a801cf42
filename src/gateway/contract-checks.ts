// The rules of docs/gateway.md that can be checked on the head of a request or a response.

import type { Env, GatewayContext } from "../contract/handler.ts";
import type { Breach } from "./validate-application.ts";

export type ReportBreach = (rule: Breach["rule"], message: string) => void;

/** Fields that belong to the connection, which only the server manages (RFC 9110 §7.6.1). */
const CONNECTION_FIELDS = [
  "connection",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
];

/** What a server must give (rules S1 to S3). */
export function checkRequest(
  request: unknown,
  env: Env,
  context: GatewayContext,
  breach: ReportBreach,
): void {
  if (!(request instanceof Request)) breach("S1", "was called without a Request");
  else if (!/^https?:\/\//.test(request.url))
    breach("S1", `got the URL ${request.url}, which is not absolute`);
  if (typeof env !== "object" || env === null) breach("S2", "was called without an env object");
  if (typeof context?.waitUntil !== "function")
    breach("S3", "was called with a context that lacks waitUntil");
}

/** What an application must return (rules A3 to A5, A8). */
export function checkResponseHead(response: Response, breach: ReportBreach): void {
  const { status, headers } = response;
  if (response.type === "error") breach("A1", "returned Response.error()");
  if (status === 101 && !("webSocket" in response && response.webSocket)) {
    breach("A3", "answered 101 without a webSocket");
  }
  for (const name of CONNECTION_FIELDS) {
    if (headers.has(name) && status !== 101)
      breach("A8", `set the field ${name}, which belongs to the server`);
  }
  const cookies = headers.getSetCookie();
  if (
    cookies.some((cookie) => /,\s*[\w!#$%&'*.^`|~+-]+=/.test(cookie.replace(/expires=\w{3,9},/i, "expires=")))
  ) {
    breach("A5", "joined several cookies in one Set-Cookie field; append one field for each");
  }
  const length = headers.get("content-length");
  if (length !== null && !/^\d+$/.test(length))
    breach("A5", `set Content-Length to "${length}", which is no number`);
}
