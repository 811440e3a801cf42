import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import type { ComparisonRules } from "../../../src/contract/migration.ts";
import { compareAnswers } from "../../../src/migration/compare-answers.ts";

const NO_RULES: ComparisonRules = { headers: [], json: [], text: [], whitespace: false };

interface Written {
  status?: number;
  headers?: [string, string][];
  body?: string | Uint8Array | undefined;
}

const capture = ({ status = 200, headers = [], body = "" }: Written) => ({
  status,
  headers: new Headers(headers),
  body: typeof body === "string" ? new TextEncoder().encode(body) : body,
});

async function compare(expected: Written, actual: Written, rules: Partial<ComparisonRules> = {}) {
  const terms = { url: "http://site.test/a/b", rules: { ...NO_RULES, ...rules }, maxBodyBytes: 10_000 };
  const verdict = await compareAnswers(capture(expected), capture(actual), terms);
  if (verdict.kind !== "different") return verdict.kind === "equal" ? "equal" : verdict.reason;
  return verdict.differences.map(({ where, expected: was, actual: is }) => `${where}: ${was} / ${is}`);
}

const json = (body: string): Written => ({ headers: [["content-type", "application/json"]], body });
const html = (body: string): Written => ({ headers: [["content-type", "text/html; charset=utf-8"]], body });

describe("status and fields", () => {
  it("tells statuses apart", async () => {
    expect(await compare({ status: 200 }, { status: 404 })).toEqual(["status: 200 / 404"]);
  });

  it.each<[string, string, string]>([
    ["content-type", "text/html; charset=utf-8", 'Text/HTML;charset="UTF-8"'],
    ["vary", "Cookie, Accept-Encoding", "cookie"],
    ["cache-control", "no-cache, private", "private,no-cache"],
    ["allow", "GET, HEAD, OPTIONS", "OPTIONS, GET, HEAD"],
    ["location", "/a/c", "http://site.test/a/c"],
    ["location", "c", "/a/c"],
  ])("takes %s: %s and %s for the same", async (name, left, right) => {
    expect(await compare({ headers: [[name, left]] }, { headers: [[name, right]] })).toBe("equal");
  });

  it("names fields that differ, are missing or are too many", async () => {
    const [left, right]: Written[] = [
      {
        headers: [
          ["x-a", "1"],
          ["x-b", "2"],
        ],
      },
      {
        headers: [
          ["x-a", "3"],
          ["x-c", "4"],
        ],
      },
    ];
    expect(await compare(left as Written, right as Written)).toEqual([
      "header x-a: 1 / 3",
      "header x-b: 2 / (absent)",
      "header x-c: (absent) / 4",
    ]);
    expect(await compare(left as Written, right as Written, { headers: ["x-a", "x-b", "x-c"] })).toBe(
      "equal",
    );
  });

  it("does not compare what belongs to one server or one answer", async () => {
    const own: [string, string][] = [
      "date",
      "server",
      "etag",
      "content-length",
      "connection",
      "x-request-id",
    ].map((name) => [name, name]);
    expect(await compare({ headers: own }, {})).toBe("equal");
  });

  it("shows no value of a field that gives access", async () => {
    const found = await compare({ headers: [["x-auth-token", "s3cret"]] }, {});
    expect(found).toEqual(["header x-auth-token: (not shown) / (absent)"]);
  });

  it("does not compare the note that some servers send along with a redirect", async () => {
    const left = { ...html("<p>Redirecting…"), status: 302 };
    left.headers = [...(left.headers ?? []), ["location", "/x"]];
    expect(await compare(left, { status: 302, headers: [["location", "/x"]] })).toBe("equal");
  });
});

describe("cookies", () => {
  const set = (...cookies: string[]): Written => ({ headers: cookies.map((text) => ["set-cookie", text]) });

  it("compare by name and attributes, whatever their values and order", async () => {
    const left = set(
      "session=abc; HttpOnly; Path=/",
      "theme=dark; Path=/; Expires=Wed, 21 Oct 2099 07:28:00 GMT",
    );
    const right = set(
      "theme=light; Expires=Thu, 22 Oct 2099 07:28:00 GMT; Path=/",
      "session=xyz; Path=/; HttpOnly",
    );
    expect(await compare(left, right)).toBe("equal");
  });

  it("differ by attributes, by being there, and by being deleted; values are never shown", async () => {
    const left = set("a=SECRET; Path=/; HttpOnly", "b=SECRET", "c=SECRET; Path=/");
    const right = set("a=SECRET; Path=/", "c=; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=0");
    const found = await compare(left, right);
    expect(found).toEqual([
      "cookie a: set; httponly; path=/ / set; path=/",
      "cookie b: set / (absent)",
      "cookie c: set; path=/ / deleted; path=/",
    ]);
  });
});

describe("JSON", () => {
  it("compares by value", async () => {
    expect(await compare(json('{"a":1,"b":[1.0,"\\u00fc"]}\n'), json('{"b":[1,"ü"],"a":1e0}'))).toBe("equal");
  });

  it("names the places that differ", async () => {
    const found = await compare(
      json('{"a":{"b":[1,{"c":true}]},"d":1}'),
      json('{"a":{"b":[1,{"c":false}]},"e":null}'),
    );
    expect(found).toEqual([
      "body $.a.b[1].c: true / false",
      "body $.d: 1 / (absent)",
      "body $.e: (absent) / null",
    ]);
  });

  it("tells null, an empty list and an empty object apart", async () => {
    expect(await compare(json("[null,[],{}]"), json("[{},{},[]]"))).toEqual([
      "body $[0]: null / {}",
      "body $[1]: [] / {}",
      "body $[2]: {} / []",
    ]);
  });

  it("does not round numbers until they are equal", async () => {
    expect(await compare(json("[12345678901234567891]"), json("[12345678901234567892]"))).toHaveLength(1);
    expect(await compare(json("[12345678901234567891]"), json("[12345678901234567891 ]"))).toBe("equal");
  });

  it("leaves out places that are ignored, and shows no value that gives access", async () => {
    const [left, right] = [
      json('{"at":1,"items":[{"id":1},{"id":2}]}'),
      json('{"at":2,"items":[{"id":3},{"id":4}]}'),
    ];
    expect(await compare(left, right, { json: [["at"], ["items", null, "id"]] })).toBe("equal");
    expect(await compare(json('{"access_token":"a"}'), json('{"access_token":"b"}'))).toEqual([
      "body $.access_token: (not shown) / (not shown)",
    ]);
  });

  it("takes long texts and deep nesting as they come", async () => {
    const long = `["${"x\\n".repeat(2_000)}"]`;
    expect(await compare(json(long), json(`${long} `))).toBe("equal");
    const deep = (inside: string) => "[".repeat(4_900) + inside + "]".repeat(4_900);
    expect(await compare(json(deep("1")), json(deep("2")))).toHaveLength(1);
  });

  it("is text where it cannot be parsed", async () => {
    expect(await compare(json("{a}"), json("{b}"))).toEqual(["body line 1: {a} / {b}"]);
  });

  it("is not fooled by members that every object has", async () => {
    expect(await compare(json('{"toString":1}'), json("{}"))).toEqual(["body $.toString: 1 / (absent)"]);
    expect(await compare(json('{"__proto__":1}'), json('{"__proto__":2}'))).toHaveLength(1);
  });
});

describe("other bodies", () => {
  it("shows the first line that differs, cut where it is long", async () => {
    const found = await compare(html(`a\n${"x".repeat(500)}b`), html(`a\n${"x".repeat(500)}c\nd`));
    expect(found).toEqual([`body line 2: …${"x".repeat(40)}b / …${"x".repeat(40)}c`]);
  });

  it("leaves out what patterns match, and takes white space as one space if told to", async () => {
    const [left, right] = [html('<p nonce="a">\n  b</p>'), html('<p nonce="c"> b</p>')];
    const text = [{ source: 'nonce="\\w+"', flags: "" }];
    expect(await compare(left, right, { text, whitespace: true })).toBe("equal");
    expect(await compare(left, right, { text })).toHaveLength(1);
    expect(await compare(left, right, { whitespace: true })).toHaveLength(1);
  });

  it("compares bytes where there is no text", async () => {
    const image = (body: Uint8Array): Written => ({ headers: [["content-type", "image/png"]], body });
    expect(await compare(image(Uint8Array.of(1, 2)), image(Uint8Array.of(1, 2)))).toBe("equal");
    expect(await compare(image(Uint8Array.of(1, 2)), image(Uint8Array.of(1, 3, 4)))).toEqual([
      "body byte 1: 2 bytes, there 02 / 3 bytes, there 03 04",
    ]);
  });

  it("takes the type of the other one where one has none", async () => {
    expect(await compare({ body: "old" }, { ...html("new") }, { headers: ["content-type"] })).toEqual([
      "body line 1: old / new",
    ]);
  });

  it("reads the charset that is named", async () => {
    const latin = { headers: [["content-type", "text/plain; charset=iso-8859-1"]] as [string, string][] };
    expect(await compare({ ...latin, body: Uint8Array.of(0xfc) }, { ...latin, body: "x" })).toEqual([
      "body line 1: ü / x",
    ]);
  });

  it("compares what is behind a content coding", async () => {
    const left = html("hello");
    const coded: Written = {
      headers: [...(left.headers ?? []), ["content-encoding", "gzip"]],
      body: new Uint8Array(gzipSync("hello")),
    };
    expect(await compare(coded, left)).toBe("equal");
    expect(await compare(coded, html("hullo"))).toEqual(["body line 1: hello / hullo"]);
  });

  it("does not compare a coding that it cannot undo, and stops where little stands for very much", async () => {
    const headers: [string, string][] = [["content-encoding", "gzip"]];
    expect(
      await compare({ headers: [["content-encoding", "rot13"]], body: "uryyb" }, { body: "hello" }),
    ).toBe("content-coding");
    const bomb = new Uint8Array(gzipSync(new Uint8Array(1_000_000)));
    expect(await compare({ headers, body: bomb }, { body: "x" })).toBe("too-large");
    expect(await compare({ body: "x" }, { headers, body: bomb })).toEqual([
      "body: 1 bytes / more than 10000 bytes",
    ]);
  });

  it("keeps little of what differs, however long it is", async () => {
    const long = "x".repeat(50_000);
    const found = await compare(
      {
        headers: [
          ["x-a", long],
          ["set-cookie", `a=1; Path=/${long}`],
        ],
        body: JSON.stringify({ [long]: long }),
      },
      json("{}"),
    );
    expect(found).toHaveLength(4);
    expect(String(found).length).toBeLessThan(1_500);
  });

  it("compares the rest where a body is too long", async () => {
    const long = { status: 200, headers: new Headers(), body: undefined };
    const terms = { url: "http://site.test/", rules: NO_RULES, maxBodyBytes: 10 };
    expect(await compareAnswers(long, capture({ body: "x" }), terms)).toEqual({
      kind: "skipped",
      reason: "too-large",
    });
    expect(await compareAnswers(long, capture({ status: 500 }), terms)).toMatchObject({ kind: "different" });
  });
});
