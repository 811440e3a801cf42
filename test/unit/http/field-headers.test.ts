import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FieldHeaders, fieldsOf, readFields } from "../../../src/http/field-headers.ts";

const ours = (init?: HeadersInit) => new FieldHeaders(readFields(init)) as unknown as Headers;

/** What a program can see. */
const visible = (headers: Headers) => ({
  entries: [...headers],
  keys: [...headers.keys()],
  values: [...headers.values()],
  cookies: headers.getSetCookie(),
  found: ["a", "B", "set-cookie", "x"].map((name) => [headers.get(name), headers.has(name)]),
  copy: [...new Headers(headers)],
});

describe("FieldHeaders", () => {
  it("is what Headers would be after any changes", () => {
    const name = fc.constantFrom("a", "A", "b", "set-cookie", "Set-Cookie", "content-type");
    const value = fc.constantFrom("1", "2", "", " x ", "a, b", "\t", "é");
    const change = fc.tuple(fc.constantFrom("append", "set", "delete"), name, value);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(name, value), { maxLength: 4 }),
        fc.array(change, { maxLength: 6 }),
        (init, changes) => {
          const [one, other] = [ours(init), new Headers(init)];
          for (const [how, field, text] of changes) {
            for (const headers of [one, other]) {
              if (how === "delete") headers.delete(field);
              else headers[how as "append" | "set"](field, text);
            }
          }
          expect(visible(one)).toEqual(visible(other));
        },
      ),
    );
  });

  it.each([
    ["a name that is none", (headers: Headers) => headers.set("a b", "1")],
    ["a line feed", (headers: Headers) => headers.append("a", "1\n2")],
    ["NUL", (headers: Headers) => headers.set("a", "1\0")],
    ["a wide character", (headers: Headers) => headers.set("a", "\u{1f600}")],
    ["a name that is none, asked for", (headers: Headers) => headers.get("")],
    ["a name that is none, taken out", (headers: Headers) => headers.delete("a:")],
  ])("refuses %s with a TypeError, and stays as it was", (_, change) => {
    const headers = ours({ a: "1" });
    expect(() => change(headers)).toThrow(TypeError);
    expect([...headers]).toEqual([["a", "1"]]);
  });

  it("takes what is no text as Headers does", () => {
    const headers = ours();
    headers.set("a", 1 as unknown as string);
    expect(headers.get("a")).toBe("1");
  });

  it("is a Headers object for everybody, and its list for the server", () => {
    const headers = ours({ "X-A": "1" });
    expect(headers).toBeInstanceOf(Headers);
    expect(fieldsOf(headers)).toEqual(["x-a", "1"]);
    expect(fieldsOf(new Headers())).toBeUndefined();
    const seen: string[] = [];
    headers.forEach((value, name) => void seen.push(name, value));
    expect(seen).toEqual(["x-a", "1"]);
  });

  it("gives copies a list of their own", () => {
    const first = ours({ a: "1" });
    const second = ours(first);
    second.set("a", "2");
    expect(first.get("a")).toBe("1");
  });
});
