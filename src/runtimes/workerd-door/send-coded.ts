// In which coding does a client get what workerd answers? On Cloudflare's network that is settled behind the Worker, for
// every answer that may be compressed; wrangler's local server settles it for some clients and tells no cache.

import { streamOf } from "../../contract/direct-body.ts";
import { createResponseCompressor } from "../../http/compress-response.ts";
import { isCompressibleType } from "../../http/compressible-type.ts";
import { addVary } from "../../http/vary.ts";
import type { IncomingRequest } from "../http1/incoming.ts";
import type { OutgoingAnswer } from "../http1/outgoing.ts";
import type { SiteAnswer } from "../many-sites/forward-to-site.ts";
import { writeResponse } from "../server/write-response.ts";
import { ZLIB_ENCODERS } from "../server/zlib-encoders.ts";

const compress = createResponseCompressor({ encoders: ZLIB_ENCODERS });
/** An answer in parts of which is promised, or given, is sent plain or as it was coded. */
const RANGES = "accept-ranges";

/** Sends an answer in the coding that the client likes best, and says that there are others. */
export async function sendCoded(
  incoming: IncomingRequest,
  { status, statusText, fields, body }: SiteAnswer,
  outgoing: OutgoingAnswer,
): Promise<void> {
  const headers = new Headers();
  for (let index = 0; index < fields.length; index += 2)
    headers.append(fields[index] as string, fields[index + 1] as string);
  // Said by our Worker for wrangler alone, which else would code what must stay plain.
  if (headers.get("content-encoding") === "identity") headers.delete("content-encoding");
  const isCoded = headers.has("content-encoding");
  if (isCoded && isCompressibleType(headers.get("content-type") ?? "")) addVary(headers, "Accept-Encoding");
  const ranges = status === 200 ? headers.get(RANGES) : null;
  if (ranges !== null) headers.delete(RANGES);
  const hasBody = status !== 204 && status !== 205 && status !== 304 && incoming.method !== "HEAD";
  const content = body === null || body instanceof Uint8Array ? body : streamOf(body);
  const plain = new Response(hasBody ? (content as BodyInit | null) : null, { status, statusText, headers });
  const request = new Request("http://localhost/", {
    method: incoming.method === "HEAD" ? "HEAD" : "GET",
    headers: { "accept-encoding": incoming.field("accept-encoding") ?? "" },
  });
  const answer = await compress(request, plain);
  if (ranges !== null && !answer.headers.has("content-encoding")) answer.headers.set(RANGES, ranges);
  await writeResponse(answer, outgoing, incoming.method);
}
