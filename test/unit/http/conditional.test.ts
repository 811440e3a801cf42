import { describe, expect, test } from "vitest";
import { evaluatePreconditions, isRangeCurrent, type Validators } from "../../../src/http/conditional.ts";

const MODIFIED = "Tue, 14 Nov 2023 22:13:20 GMT";
const EARLIER = "Tue, 14 Nov 2023 22:13:19 GMT";
const LATER = "Tue, 14 Nov 2023 22:13:21 GMT";
const CURRENT: Validators = { tag: { weak: false, opaque: "v1" }, modified: MODIFIED };

const judge = (headers: Record<string, string>, method = "GET", validators = CURRENT) =>
  evaluatePreconditions(method, new Headers(headers), validators);

describe("If-None-Match", () => {
  test.each(['"v1"', 'W/"v1"', '"x", "v1"', "*"])("%s means not modified for GET and HEAD", (field) => {
    expect(judge({ "if-none-match": field })).toBe("not-modified");
    expect(judge({ "if-none-match": field }, "HEAD")).toBe("not-modified");
  });

  test.each(['"v2"', "v1", '"v1', '"v1x"', '"V1"', ""])("%j does not match", (field) => {
    expect(judge({ "if-none-match": field })).toBe("proceed");
  });

  test("fails a method that would change the resource", () => {
    expect(judge({ "if-none-match": "*" }, "PUT")).toBe("failed");
  });

  test("makes If-Modified-Since void, whatever its outcome", () => {
    expect(judge({ "if-none-match": '"v2"', "if-modified-since": MODIFIED })).toBe("proceed");
  });
});

describe("If-Modified-Since", () => {
  test.each([MODIFIED, LATER, "Tuesday, 14-Nov-23 22:13:20 GMT", "Tue Nov 14 22:13:20 2023"])(
    "%s means not modified",
    (field) => {
      expect(judge({ "if-modified-since": field })).toBe("not-modified");
    },
  );

  test.each([EARLIER, "not a date", "", "2023-11-14T22:13:20Z"])("%j means send it", (field) => {
    expect(judge({ "if-modified-since": field })).toBe("proceed");
  });

  test("counts for reading only, and only where a time is known", () => {
    expect(judge({ "if-modified-since": MODIFIED }, "POST")).toBe("proceed");
    expect(judge({ "if-modified-since": MODIFIED }, "GET", { tag: undefined, modified: undefined })).toBe(
      "proceed",
    );
  });
});

describe("If-Match and If-Unmodified-Since", () => {
  test.each(['"v1"', '"x", "v1"', "*"])("If-Match %s holds", (field) => {
    expect(judge({ "if-match": field })).toBe("proceed");
  });

  test.each(['W/"v1"', '"v2"', "v1", ""])("If-Match %j fails, for comparison is strong", (field) => {
    expect(judge({ "if-match": field })).toBe("failed");
  });

  test("If-Match makes If-Unmodified-Since void", () => {
    expect(judge({ "if-match": '"v1"', "if-unmodified-since": EARLIER })).toBe("proceed");
    expect(judge({ "if-match": '"v2"', "if-unmodified-since": LATER })).toBe("failed");
  });

  test("If-Unmodified-Since fails only if the file is newer", () => {
    expect(judge({ "if-unmodified-since": EARLIER })).toBe("failed");
    expect(judge({ "if-unmodified-since": MODIFIED })).toBe("proceed");
    expect(judge({ "if-unmodified-since": "junk" })).toBe("proceed");
  });

  test("come before If-None-Match and If-Modified-Since", () => {
    expect(judge({ "if-match": '"v2"', "if-none-match": '"v1"' })).toBe("failed");
    expect(judge({ "if-unmodified-since": MODIFIED, "if-modified-since": MODIFIED })).toBe("not-modified");
  });
});

describe("If-Range", () => {
  test("holds when absent, or for exactly the current representation", () => {
    expect(isRangeCurrent(null, CURRENT)).toBe(true);
    expect(isRangeCurrent('"v1"', CURRENT)).toBe(true);
    expect(isRangeCurrent(MODIFIED, CURRENT)).toBe(true);
  });

  test.each(['W/"v1"', '"v2"', '"v1", "v2"', EARLIER, LATER, "*", "", "v1"])(
    "%j makes the range void",
    (field) => {
      expect(isRangeCurrent(field, CURRENT)).toBe(false);
    },
  );

  test("never holds for a weak representation", () => {
    expect(isRangeCurrent('"v1"', { tag: { weak: true, opaque: "v1" }, modified: undefined })).toBe(false);
  });
});
