// What is remembered of one path: the answer for each content coding, and what to say to who has it already.

import { parseVary } from "../http/vary.ts";
import type { HotFields } from "./hot-fields.ts";

/** Everything that a server writes. */
export interface HotAnswer {
  status: 200 | 304;
  /** Name, value, name, value … in the order to send; Date is the server's. */
  fields: readonly string[];
  /** The same in the order in which the usual answer got them. Not to be changed. */
  headers: Headers;
  /** Null for HEAD and 304. Not to be written into. */
  body: Uint8Array | null;
}

export interface HotEntry {
  /** The remembered answer for a plain GET or HEAD. */
  find(method: "GET" | "HEAD", fields: HotFields): HotAnswer | undefined;
  /** Whether a spelling of Accept-Encoding is new and there is room for it. */
  mayLearn(acceptEncoding: string): boolean;
  /** Asks for the answers to remember; false if there are none that may be. Rejects where the store fails. */
  learn(request: Request, fetch: (request: Request) => Promise<Response>): Promise<boolean>;
  /** Memory that the entry takes, roughly. */
  readonly bytes: number;
}

/** The answers for one coding. */
interface HotForm {
  /** As in ETag; undefined if the answer has none. */
  tag: string | undefined;
  isNegotiated: boolean;
  get: HotAnswer;
  head: HotAnswer;
  notModified: HotAnswer | undefined;
}

/** Spellings of Accept-Encoding that are remembered; browsers send a handful, an attacker any number. */
const MAX_SPELLINGS = 16;
/** Headers, keys and objects beside the body. */
const OVERHEAD_BYTES = 2_048;

/** An entry without answers. */
export function createHotEntry(maxBodyBytes: number): HotEntry {
  const forms = new Map<string, HotForm>();
  const bySpelling = new Map<string, HotForm>();
  let onlyForm: HotForm | undefined;

  function mayLearn(spelling: string): boolean {
    return onlyForm === undefined && !bySpelling.has(spelling) && bySpelling.size < MAX_SPELLINGS;
  }

  return {
    find(method, fields) {
      const form = onlyForm ?? bySpelling.get(fields.acceptEncoding);
      return form && choose(form, method, fields);
    },
    mayLearn,
    async learn(request, fetch) {
      const spelling = request.headers.get("accept-encoding") ?? "";
      if (!mayLearn(spelling)) return false;
      const form = await loadForm(request, fetch, maxBodyBytes);
      if (!form) return false;
      // The same coding for another spelling: one body for both.
      const known = forms.get(form.tag ?? spelling) ?? form;
      forms.set(form.tag ?? spelling, known);
      if (form.isNegotiated) bySpelling.set(spelling, known);
      else onlyForm = known;
      return true;
    },
    get bytes() {
      return [...forms.values()].reduce(
        (sum, form) => sum + OVERHEAD_BYTES + (form.get.body?.length ?? 0),
        0,
      );
    },
  };
}

/** Who holds exactly this tag gets a 304; any other condition goes the usual way. */
function choose(
  form: HotForm,
  method: "GET" | "HEAD",
  { ifNoneMatch: wanted, isModifiedSince }: HotFields,
): HotAnswer | undefined {
  if (wanted === undefined) {
    if (isModifiedSince) return undefined;
    return method === "GET" ? form.get : form.head;
  }
  const isHeld = form.tag !== undefined && (wanted === form.tag || wanted === `W/${form.tag}`);
  return isHeld ? form.notModified : undefined;
}

async function loadForm(
  request: Request,
  fetch: (request: Request) => Promise<Response>,
  maxBodyBytes: number,
): Promise<HotForm | undefined> {
  const response = await fetch(request);
  if (!isMemorable(response, maxBodyBytes)) {
    await response.body?.cancel();
    if (response.status >= 500) throw new Error(`The files answered ${response.status}`);
    return undefined;
  }
  const { headers } = response;
  const fields = flatten(headers);
  const body = new Uint8Array(await response.arrayBuffer());
  const tag = headers.get("etag") ?? undefined;
  return {
    tag,
    isNegotiated: headers.has("vary"),
    get: { status: 200, fields, headers, body },
    head: { status: 200, fields, headers, body: null },
    notModified: tag === undefined ? undefined : await loadNotModified(request, tag, fetch),
  };
}

async function loadNotModified(
  request: Request,
  tag: string,
  fetch: (request: Request) => Promise<Response>,
): Promise<HotAnswer | undefined> {
  const asked = new Headers(request.headers);
  asked.set("if-none-match", tag);
  const { status, headers, body } = await fetch(new Request(request, { headers: asked }));
  await body?.cancel();
  return status === 304 ? { status, fields: flatten(headers), headers, body: null } : undefined;
}

/**
 * Small, complete, and dependent on nothing but the path and the coding. An answer that does not offer ranges
 * may be compressed on its way out.
 */
function isMemorable({ status, headers }: Response, maxBodyBytes: number): boolean {
  const length = headers.get("content-length");
  if (status !== 200 || length === null || Number(length) > maxBodyBytes) return false;
  return (
    headers.get("accept-ranges") === "bytes" &&
    !headers.has("set-cookie") &&
    parseVary(headers.get("vary") ?? "").every((name) => name === "accept-encoding")
  );
}

/** Content-Length last, as the servers of this project write it. */
function flatten(headers: Headers): string[] {
  const fields: string[] = [];
  for (const [name, value] of headers) if (name !== "content-length") fields.push(name, value);
  const length = headers.get("content-length");
  return length === null ? fields : [...fields, "content-length", length];
}
