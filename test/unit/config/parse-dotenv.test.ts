// biome-ignore-all lint/suspicious/noTemplateCurlyInString: dotenv has the same syntax
import { describe, expect, test } from "vitest";
import { expandReferences, parseDotenv } from "../../../src/config/parse-dotenv.ts";

const values = (text: string) => parseDotenv(text, ".dev.vars").values;

describe("parseDotenv", () => {
  test("reads NAME=value, with export, with spaces around, and with a colon", () => {
    expect(values("A=1\nexport B=2\n C = 3 \nD: 4\nE.F-G=5")).toEqual({
      A: "1",
      B: "2",
      C: "3",
      D: "4",
      "E.F-G": "5",
    });
  });

  test("strips a comment from a bare value but not from a quoted one", () => {
    expect(values(`A=x # c\nB="x # c" # d\nC='#'\nD=a#b`)).toEqual({ A: "x", B: "x # c", C: "#", D: "a" });
  });

  test("lets quoted values span lines and expands \\n only in double quotes", () => {
    expect(values('A="one\ntwo"\nB="x\\ny"\nC=\'x\\ny\'\nD=`"q"`\nE=after')).toEqual({
      A: "one\ntwo",
      B: "x\ny",
      C: "x\\ny",
      D: '"q"',
      E: "after",
    });
  });

  test("takes a quote that is not closed, or is followed by more text, as part of the value", () => {
    expect(values('A="open\nB="x" y\nC=it\'s')).toEqual({ A: '"open', B: '"x" y', C: "it's" });
  });

  test("keeps empty values, and the last of several with one name", () => {
    expect(values("A=\nB=''\nC=1\nC=2")).toEqual({ A: "", B: "", C: "2" });
  });

  test("reads files with CRLF and a value without a final line feed", () => {
    expect(values("A=1\r\nB=2")).toEqual({ A: "1", B: "2" });
  });

  test("names a line that sets nothing, and does not show it since it may be a secret", () => {
    const { problems } = parseDotenv('A="x\ny"\n# fine\n\n  s3cret\nB=2', ".dev.vars");
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ severity: "warning", file: ".dev.vars", line: 5, column: 3 });
    expect(JSON.stringify(problems)).not.toContain("s3cret");
  });
});

describe("expandReferences", () => {
  test("replaces names, with defaults for what is missing or empty", () => {
    const source = {
      HOST: "h",
      URL: "http://$HOST:${PORT:-80}/",
      NONE: "[${GONE}]",
      EMPTY: "",
      E: "${EMPTY:-x}",
    };
    expect(expandReferences(source)).toMatchObject({ URL: "http://h:80/", NONE: "[]", E: "x" });
  });

  test("leaves an escaped dollar alone", () => {
    expect(expandReferences({ A: "\\$5", B: "$" })).toEqual({ A: "$5", B: "$" });
  });

  test("ends at a value that refers to itself", () => {
    expect(expandReferences({ A: "x$B", B: "y$A" })).toEqual({ A: "xy", B: "yx" });
  });
});
