import { expect, it } from "vitest";
import { checkWorkersRouting } from "../../../src/build/check-routing.ts";
import { readCausewayConfig } from "../../../src/config/causeway-config-read.ts";

const check = (upstreams: Record<string, unknown>) =>
  checkWorkersRouting(readCausewayConfig({ upstreams }).section).map(({ message }) => message);

it("has nothing against HTTP upstreams with names", () => {
  expect(check({ app: ["https://app.test"] })).toEqual([]);
  expect(checkWorkersRouting(undefined)).toEqual([]);
});

it.each([
  ["uwsgi://127.0.0.1:3031", "no uwsgi"],
  ["http+unix:///run/app.sock", "unix socket"],
])("names what Workers cannot reach: %s", (url, expected) => {
  expect(check({ app: [url] }).join()).toContain(expected);
});

it("names settings that have no effect there", () => {
  const settings = {
    servers: ["https://app.test"],
    tls: { ca: "PEM" },
    host: "other.test",
    health: { check: { path: "/up" } },
  };
  expect(check({ app: settings })).toHaveLength(3);
});
