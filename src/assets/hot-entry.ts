// What is remembered of one path: the answer for each content coding, and what to say to who has it already.

import { parseVary } from "../http/vary.ts";

/** Everything that a server writes. */
export interface HotAnswer {
  status: 200 | 304;
  /** Name, value, name, value … in the order to send; Date is the server's. */
  fields: readonly string[];
  /** Null for HEAD and 304. Not to be written into. */
  body: Uint8Array | null;
}

export interface HotEntry {
  /** The remembered answer for a plain GET or HEAD. */
  find(method: "GET" | "HEAD", headers: Fields): HotAnswer | undefined;
  /** Asks for the answers to remember; false if there is nothing that may be remembered. */
  learn(request: Request, fetch: (request: Request) => Promise<Response>): Promise<boolean>;
  /** Memory that the entry takes, roughly. */
  readonly bytes: number;
}

type Fields = Readonly<Record<string, string | string[] | undefined>>;

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

  return {
    find(method, headers) {
      const form = onlyForm ?? bySpelling.get(spellingOf(headers["accept-encoding"]));
      return form && choose(form, method, headers);
    },
    async learn(request, fetch) {
      const spelling = spellingOf(request.headers.get("accept-encoding") ?? undefined);
      if (onlyForm || bySpelling.has(spelling) || bySpelling.size >= MAX_SPELLINGS) return forms.size > 0;
      const form = await loadForm(request, fetch, maxBodyBytes);
      if (!form) return forms.size > 0;
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
function choose(form: HotForm, method: "GET" | "HEAD", headers: Fields): HotAnswer | undefined {
  const wanted = headers["if-none-match"];
  if (wanted === undefined) {
    if (headers["if-modified-since"] !== undefined) return undefined;
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
    return undefined;
  }
  const fields = flatten(response.headers);
  const body = new Uint8Array(await response.arrayBuffer());
  const tag = response.headers.get("etag") ?? undefined;
  return {
    tag,
    isNegotiated: response.headers.has("vary"),
    get: { status: 200, fields, body },
    head: { status: 200, fields, body: null },
    notModified: tag === undefined ? undefined : await loadNotModified(request, tag, fetch),
  };
}

async function loadNotModified(
  request: Request,
  tag: string,
  fetch: (request: Request) => Promise<Response>,
): Promise<HotAnswer | undefined> {
  const headers = new Headers(request.headers);
  headers.set("if-none-match", tag);
  const response = await fetch(new Request(request, { headers }));
  await response.body?.cancel();
  return response.status === 304 ? { status: 304, fields: flatten(response.headers), body: null } : undefined;
}

/** Small, complete, and dependent on nothing but the path and the coding. */
function isMemorable({ status, headers }: Response, maxBodyBytes: number): boolean {
  const length = headers.get("content-length");
  if (status !== 200 || length === null || Number(length) > maxBodyBytes) return false;
  return (
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

/** Absent and empty differ in theory only: both get plain bytes. */
function spellingOf(acceptEncoding: string | string[] | undefined): string {
  return Array.isArray(acceptEncoding) ? acceptEncoding.join(", ") : (acceptEncoding ?? "");
}
