// One request and what must come back, the same from every runtime; and the client that performs it.

import http from "node:http";

/** A header expectation: exact text, a pattern, or null for "must be absent". */
export type HeaderExpectation = string | RegExp | null;

export interface Exchange {
  name: string;
  method?: string;
  /** Sent as it is, never normalised. */
  path: string;
  headers?: Record<string, string | string[]>;
  body?: string | Uint8Array;
  expect: {
    status: number;
    headers?: Record<string, HeaderExpectation>;
    body?: string | RegExp | Uint8Array | { json: unknown };
  };
}

/** What cannot be said as one request and one answer: returns a summary that must be equal everywhere. */
export interface Scenario {
  name: string;
  run(origin: URL): Promise<unknown>;
  expect: unknown;
}

export interface Answer {
  status: number;
  /** Lower-case name → values in order. */
  headers: Map<string, string[]>;
  body: Buffer;
}

/** Performs an exchange on a connection of its own. */
export function perform(origin: URL, exchange: Omit<Exchange, "name" | "expect">): Promise<Answer> {
  const { method = "GET", path, headers = {}, body } = exchange;
  return new Promise((resolve, reject) => {
    const request = http.request(
      {
        host: origin.hostname,
        port: origin.port,
        method,
        path,
        headers: { ...("transfer-encoding" in headers ? {} : framing(body)), ...headers },
        agent: false,
      },
      (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.once("error", reject);
        response.once("end", () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: collect(response.rawHeaders),
            body: Buffer.concat(chunks),
          }),
        );
      },
    );
    request.setTimeout(20_000, () => request.destroy(new Error(`${method} ${path} timed out`)));
    request.once("error", reject);
    request.end(body);
  });
}

function framing(body: string | Uint8Array | undefined): Record<string, string> {
  return body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
}

function collect(rawHeaders: readonly string[]): Map<string, string[]> {
  const headers = new Map<string, string[]>();
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] as string).toLowerCase();
    headers.set(name, [...(headers.get(name) ?? []), rawHeaders[index + 1] as string]);
  }
  return headers;
}

/**
 * Fields that a server may choose for itself. Each with its reason; everything else must be equal.
 */
export const UNCOMPARED_FIELDS = new Map([
  ["date", "the time of the answer"],
  ["age", "seconds since the answer was stored"],
  ["connection", "belongs to the connection (RFC 9110 §7.6.1)"],
  ["keep-alive", "belongs to the connection"],
  ["transfer-encoding", "framing is the server's choice (RFC 9112 §6); the bodies are compared"],
  ["content-length", "framing, unless the exchange expects it by name"],
  ["x-request-id", "differs from request to request"],
  ["server", "none is sent by us; workerd's development front may"],
]);

/** An answer as text in which two runtimes can be compared. */
export function comparable(answer: Answer): string {
  const fields = [...answer.headers]
    .filter(([name, values]) => !UNCOMPARED_FIELDS.has(name) && !saysNothing(name, values))
    .map(([name, values]) => `${name}: ${joinValues(name, values)}`)
    .sort();
  const body =
    answer.status === 500
      ? answer.body.toString().replace(/Request \S+/, "Request <id>")
      : answer.body.toString("base64");
  return [`status ${answer.status}`, ...fields, "", body].join("\n");
}

/** A coding that is none (RFC 9110 §8.4.1); on Workers it keeps wrangler from answering for us. */
function saysNothing(name: string, values: readonly string[]): boolean {
  return name === "content-encoding" && values.join() === "identity";
}

/** Cookies are compared line by line, other fields as the list they mean; media types case-insensitively. */
function joinValues(name: string, values: readonly string[]): string {
  if (name === "set-cookie") return JSON.stringify(values);
  const joined = values.join(", ");
  // Only where requests wait for each other it is remembered that an answer is for nobody else, and not looked for.
  if (name === "cache-status") return joined.replace("fwd=uri-miss", "fwd=miss");
  return name === "content-type" ? joined.toLowerCase().replace(/\s*;\s*/g, ";") : joined;
}

/** What is wrong with an answer, in words; empty if nothing is. */
export function checkAnswer(answer: Answer, { status, headers = {}, body }: Exchange["expect"]): string[] {
  const problems: string[] = [];
  if (answer.status !== status) problems.push(`status ${answer.status} instead of ${status}`);
  for (const [name, wanted] of Object.entries(headers)) {
    const got = answer.headers.get(name)?.join(", ");
    if (!matchesHeader(got, wanted)) problems.push(`${name}: ${got} instead of ${wanted}`);
  }
  if (body !== undefined && !matchesBody(answer.body, body)) {
    problems.push(
      `body ${JSON.stringify(answer.body.toString().slice(0, 200))} instead of ${describeBody(body)}`,
    );
  }
  return problems;
}

function matchesHeader(got: string | undefined, wanted: HeaderExpectation): boolean {
  if (wanted === null) return got === undefined;
  return wanted instanceof RegExp ? got !== undefined && wanted.test(got) : got === wanted;
}

function matchesBody(got: Buffer, wanted: NonNullable<Exchange["expect"]["body"]>): boolean {
  if (typeof wanted === "string") return got.toString() === wanted;
  if (wanted instanceof RegExp) return wanted.test(got.toString());
  if (wanted instanceof Uint8Array) return got.equals(wanted);
  try {
    return canonicalJson(JSON.parse(got.toString())) === canonicalJson(wanted.json);
  } catch {
    return false;
  }
}

function describeBody(body: NonNullable<Exchange["expect"]["body"]>): string {
  return body instanceof RegExp
    ? String(body)
    : body instanceof Uint8Array
      ? `${body.length} other bytes`
      : JSON.stringify(body);
}

function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner) =>
    inner && typeof inner === "object" && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
