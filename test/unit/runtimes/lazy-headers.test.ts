import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LazyHeaders } from "../../../src/runtimes/lazy-headers.ts";
import { LineFields } from "../../../src/runtimes/server/node-request.ts";

const LINES = ["host", "site.test", "x-a", "1", "cookie", "a=1", "x-a", "2", "cookie", "b=2", "x-empty", ""];

function make(lines: string[] = LINES): Headers {
  return new LazyHeaders(new LineFields(lines)) as unknown as Headers;
}

function native(lines: string[] = LINES): Headers {
  const headers = new Headers();
  for (let index = 0; index < lines.length; index += 2)
    headers.append(lines[index] as string, lines[index + 1] as string);
  return headers;
}

describe("LazyHeaders", () => {
  it.each(["host", "HOST", "x-a", "cookie", "x-empty", "none", "__proto__"])(
    "finds %s as Headers does",
    (name) => {
      expect([make().get(name), make().has(name)]).toEqual([native().get(name), native().has(name)]);
    },
  );

  it("finds the same as Headers for any lines", () => {
    const name = fc.constantFrom("a", "cookie", "set-cookie", "x-b");
    const value = fc.stringMatching(/^[a-z]([a-z ,]*[a-z])?$/);
    fc.assert(
      fc.property(fc.array(fc.tuple(name, value)), (pairs) => {
        const lines = pairs.flat();
        for (const asked of ["a", "cookie", "set-cookie", "X-B", "c"])
          expect(make(lines).get(asked)).toBe(native(lines).get(asked));
        expect([...make(lines)]).toEqual([...native(lines)]);
        expect(make(lines).getSetCookie()).toEqual(native(lines).getSetCookie());
      }),
    );
  });

  it("is a Headers object for everybody who takes one", () => {
    expect(make()).toBeInstanceOf(Headers);
    expect([...new Headers(make())]).toEqual([...native()]);
    expect([...make().keys()]).toEqual([...native().keys()]);
    expect([...make().values()]).toEqual([...native().values()]);
    const seen: string[] = [];
    make().forEach((value, name) => {
      seen.push(name, value);
    });
    expect(seen).toEqual([...native()].flat());
  });

  it("can be changed, and finds what was changed", () => {
    const headers = make();
    headers.set("X-A", "3");
    headers.append("x-new", "4");
    headers.delete("cookie");
    expect([headers.get("x-a"), headers.get("x-new"), headers.has("cookie")]).toEqual(["3", "4", false]);
  });

  it("refuses what is no name", () => {
    expect(() => make().get("a b")).toThrow(TypeError);
    expect(() => make().has("")).toThrow(TypeError);
  });
});
