import { describe, expect, it } from "vitest";
import { isConnectionField, isFieldValue } from "../../../src/http/response-fields.ts";

describe("isFieldValue", () => {
  it("takes visible characters, spaces, tabs and the bytes above ASCII", () => {
    expect(isFieldValue("")).toBe(true);
    expect(isFieldValue("a\tb c~\x80\xe9\xff")).toBe(true);
  });

  it("refuses every other control character, of which Headers objects take most", () => {
    const controls = [...Array(32).keys(), 127].filter((code) => code !== 9);
    for (const code of controls)
      expect(isFieldValue(`a${String.fromCharCode(code)}b`), `${code}`).toBe(false);
  });

  it("takes characters beyond bytes: workerd decodes UTF-8 in fields that it passes on", () => {
    expect(isFieldValue('attachment; filename="→.txt"')).toBe(true);
  });
});

describe("isConnectionField", () => {
  it("names the fields that belong to the server, and no field of the content", () => {
    expect(
      ["connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade"].every(isConnectionField),
    ).toBe(true);
    expect(["content-length", "content-type", "proxy-authenticate", "vary"].some(isConnectionField)).toBe(
      false,
    );
  });
});
