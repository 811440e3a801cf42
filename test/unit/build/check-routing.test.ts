import { expect, it } from "vitest";
import { checkMigrations, checkWorkersRouting } from "../../../src/build/check-routing.ts";
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

it("names routes that move to functions of a project without any", () => {
  const routes = [
    { path: "/a", upstream: "app", shadow: true },
    { path: "/b", upstream: "app", cutover: { percent: 5 } },
    { path: "/c", upstream: "app", shadow: { to: { upstream: "next" } } },
    { path: "/d", upstream: "app" },
  ];
  const { section } = readCausewayConfig({
    upstreams: { app: "http://127.0.0.1:1", next: "http://127.0.0.1:2" },
    routes,
  });
  expect(checkMigrations(section, false).map(({ message }) => message)).toEqual([
    'The route "/a" moves to functions, and the project has none',
    'The route "/b" moves to functions, and the project has none',
  ]);
  expect(checkMigrations(section, true)).toEqual([]);
});
