import { readFileSync, statSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseDotenv } from "../../../src/config/parse-dotenv.ts";
import { formatVariables, writeVariableFile } from "../../../src/dev/variable-file.ts";

/** As wrangler reads it: dotenv, then dotenv-expand, for which every dollar must be escaped. */
function read(text: string): Record<string, string> {
  const entries = Object.entries(parseDotenv(text, "file").values).map(([name, value]) => {
    expect(value).not.toMatch(/(?<!\\)\$/);
    return [name, value.replaceAll("\\$", "$")];
  });
  return Object.fromEntries(entries);
}

describe("variables for wrangler", () => {
  test("are for this user alone", () => {
    const file = writeVariableFile({ A: "secret", B: 1 });
    expect(statSync(file.path).mode & 0o777).toBe(0o600);
    expect(read(readFileSync(file.path, "utf8"))).toEqual({ A: "secret", B: "1" });
    file.remove();
    expect(() => statSync(file.path)).toThrow("ENOENT");
  });

  test.each([
    // biome-ignore lint/suspicious/noTemplateCurlyInString: what a variable file must not replace
    ["a dollar", "a$B ${B} $"],
    ["a dollar after a backslash", "\\$B"],
    ["JSON", '{"a":"b c","n":1}'],
    ["lines", "one\ntwo\n"],
    ["lines of another system", "one\r\ntwo"],
    ["an apostrophe", `it's "here"`],
    ["a backslash at the end", "C:\\"],
    ["a comment that is none", "a # b"],
    ["nothing", ""],
  ])("arrive as they are: %s", (_, value) => {
    expect(read(formatVariables({ A: value, B: "other" }))).toEqual({ A: value, B: "other" });
  });

  test("arrive as they are, or are refused", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."ab'\"`$\\{}n\n #=") }), (value) => {
        let text: string;
        try {
          text = formatVariables({ A: value });
        } catch (error) {
          expect(["'", "`"].every((mark) => value.includes(mark))).toBe(true);
          expect(String(error)).not.toContain(value);
          return;
        }
        expect(read(text)).toEqual({ A: value });
      }),
    );
  });
});
