import { expect, it } from "vitest";
import { TrustedProxies } from "../../../src/http/client-address.ts";
import { parseFieldLines } from "../../../src/http/field-lines.ts";
import { CorrectedFields } from "../../../src/runtimes/corrected-fields.ts";
import { LazyHeaders } from "../../../src/runtimes/lazy-headers.ts";
import { LineFields } from "../../../src/runtimes/server/node-request.ts";

const NGINX = new TrustedProxies(["10.0.0.0/8"]);

it.each(["192.0.2.1", "10.0.0.2", undefined])(
  "takes the mark of shadow runs from whoever sends it, in any spelling (%s)",
  (address) => {
    const head = "CAUSEWAY-Shadow: 1\r\nA: b\r\ncauseway-shadow: 1\r\n";
    const lines = new LineFields(parseFieldLines(head, 0, head.length) as string[]);
    const headers = new LazyHeaders(
      new CorrectedFields(lines, { address }, NGINX, () => undefined),
    ) as unknown as Headers;
    expect(headers.get("Causeway-Shadow")).toBe(null);
    expect([...headers].map(([name]) => name)).not.toContain("causeway-shadow");
    expect(new Headers(headers).has("causeway-shadow")).toBe(false);
    expect(headers.get("a")).toBe("b");
  },
);

it("names the host of an absolute target, wherever the field is read", () => {
  const lines = new LineFields(["host", "field.test", "a", "b"]);
  const fields = new CorrectedFields(lines, { address: undefined }, NGINX, () => "target.test:81");
  const headers = new LazyHeaders(fields) as unknown as Headers;
  expect([headers.get("host"), new Headers(headers).get("Host")]).toEqual([
    "target.test:81",
    "target.test:81",
  ]);
  const plain = new LazyHeaders(new CorrectedFields(lines, { address: undefined }, NGINX, () => undefined));
  expect(plain.get("host")).toBe("field.test");
});
