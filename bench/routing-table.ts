// What does matching a request cost with 1, 100, 1 000 and 10 000 routes? In this process, without a socket.
// Run: node bench/routing-table.ts [--json] [--rounds N]

import { parseArgs } from "node:util";
import type { RouteEntry } from "../src/contract/site.ts";
import { pathnameOf } from "../src/http/pathname.ts";
import { buildRoutes } from "../src/pages/build-routes.ts";
import { createRouteTable, type RouteTable } from "../src/pages/route-table.ts";

const ROUTE_COUNTS = [1, 100, 1_000, 10_000];
/** Long enough that the clock does not matter, short enough that all counts meet the same disturbances. */
const BATCH_MS = 5;

/** One way of writing routes, and a request that the first of them answers. */
interface Shape {
  name: string;
  fileOf: (index: number) => string;
  pathOf: (index: number) => string;
  /** Beside the routes, in every table. */
  extraFiles?: string[];
}

interface Measurement {
  shape: string;
  what: string;
  routes: number;
  medianNs: number;
  /** Half of all rounds lie between these. */
  lowerNs: number;
  upperNs: number;
  /** Median against that of one route. */
  ratio: number;
}

const SHAPES: Shape[] = [
  {
    name: "static",
    fileOf: (index) => `api/v${index % 10}/orders/report-${index}.ts`,
    pathOf: (index) => `/api/v${index % 10}/orders/report-${index}`,
  },
  {
    name: "parameter",
    fileOf: (index) => `api/v${index % 10}/kind-${index}/[id].ts`,
    pathOf: (index) => `/api/v${index % 10}/kind-${index}/3f2a91bc`,
  },
  {
    name: "text and parameter",
    fileOf: (index) => `reports/sheet-${index}-[day].ts`,
    pathOf: (index) => `/reports/sheet-${index}-monday`,
  },
  {
    name: "catch-all",
    fileOf: (index) => `files/share-${index}/[[path]].ts`,
    pathOf: (index) => `/files/share-${index}/2026/11/photo.jpg`,
  },
  {
    name: "static, behind middleware and beside a catch-all",
    fileOf: (index) => `shop/articles/number-${index}.ts`,
    pathOf: (index) => `/shop/articles/number-${index}`,
    extraFiles: ["_middleware.ts", "shop/_middleware.ts", "[[path]].ts", "[lang]/[section]/[page]/[part].ts"],
  },
];

function createTable({ fileOf, extraFiles = [] }: Shape, count: number): RouteTable {
  const files = Array.from({ length: count }, (_, index) => fileOf(index)).concat(extraFiles);
  const { routes } = buildRoutes(files.map((file) => ({ file, exports: ["onRequestGet"] })));
  return createRouteTable(JSON.parse(JSON.stringify(routes)) as RouteEntry[]);
}

/** A subject is called again and again with a growing counter. */
type Subject = (turn: number) => unknown;

/** The same request each time, as a benchmark client sends it. */
function matchOne(table: RouteTable, shape: Shape): Subject {
  const path = shape.pathOf(0);
  return () => table.match("GET", path);
}

/** Requests to all routes in turn, in an order that no cache line foresees. */
function matchSpread(table: RouteTable, shape: Shape, count: number): Subject {
  const paths = Array.from({ length: Math.min(count, 1_000) }, (_, index) =>
    shape.pathOf((index * 7919) % count),
  );
  return (turn) => table.match("GET", paths[turn % paths.length] ?? "/");
}

/** What a server does at least for a request, with the match in it. */
function matchInRequest(table: RouteTable, shape: Shape): Subject {
  const url = `http://127.0.0.1:8787${shape.pathOf(0)}?page=2`;
  return () => {
    const request = new Request(url);
    const match = table.match(request.method, pathnameOf(request.url));
    return new Response(match.route?.functionPath);
  };
}

const SUBJECTS = [
  { what: "match, one path", create: matchOne },
  { what: "match, all paths in turn", create: matchSpread },
  { what: "request + match + response", create: matchInRequest },
];

let sink: unknown;

/** Nanoseconds for one call, over a batch. */
function timeBatch(subject: Subject, turns: number): number {
  const start = process.hrtime.bigint();
  for (let turn = 0; turn < turns; turn += 1) sink = subject(turn);
  return Number(process.hrtime.bigint() - start) / turns;
}

function findTurns(subject: Subject): number {
  let turns = 64;
  while (timeBatch(subject, turns) * turns < BATCH_MS * 1e6) turns *= 2;
  return turns;
}

/** All counts are measured in turn in every round, so that a disturbance does not hit one count alone. */
function measure(
  shape: Shape,
  what: string,
  subjects: { routes: number; subject: Subject }[],
  rounds: number,
): Measurement[] {
  const prepared = subjects.map(({ routes, subject }) => ({
    routes,
    subject,
    turns: findTurns(subject),
    times: [] as number[],
  }));
  for (let round = 0; round < rounds; round += 1) {
    for (const { subject, turns, times } of prepared) times.push(timeBatch(subject, turns));
  }
  const results = prepared.map(({ routes, times }) => ({ routes, ...summarize(times) }));
  const base = results[0]?.medianNs ?? 1;
  return results.map((result) => ({ shape: shape.name, what, ...result, ratio: result.medianNs / base }));
}

function summarize(times: number[]): { medianNs: number; lowerNs: number; upperNs: number } {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.floor((sorted.length - 1) * share)] ?? 0;
  return { medianNs: at(0.5), lowerNs: at(0.25), upperNs: at(0.75) };
}

function run(rounds: number): Measurement[] {
  return SHAPES.flatMap((shape) => {
    const tables = ROUTE_COUNTS.map((routes) => ({ routes, table: createTable(shape, routes) }));
    return SUBJECTS.flatMap(({ what, create }) =>
      measure(
        shape,
        what,
        tables.map(({ routes, table }) => ({ routes, subject: create(table, shape, routes) })),
        rounds,
      ),
    );
  });
}

/** How long a table takes to compile, median of a few. */
function measureCompilation(): { routes: number; compileMs: number }[] {
  const [shape] = SHAPES;
  if (shape === undefined) return [];
  return ROUTE_COUNTS.map((routes) => {
    const entries = buildRoutes(
      Array.from({ length: routes }, (_, index) => ({ file: shape.fileOf(index), exports: ["onRequest"] })),
    ).routes;
    const times = Array.from({ length: 5 }, () => timeBatch(() => createRouteTable(entries), 1) / 1e6);
    return { routes, compileMs: summarize(times).medianNs };
  });
}

function printTable(measurements: Measurement[]): void {
  for (const [name, group] of Map.groupBy(measurements, ({ shape, what }) => `${shape}: ${what}`)) {
    console.log(`\n${name}`);
    console.log("  routes   median ns   middle half ns     against 1");
    for (const { routes, medianNs, lowerNs, upperNs, ratio } of group) {
      const range = `${lowerNs.toFixed(0)}–${upperNs.toFixed(0)}`;
      console.log(
        `  ${String(routes).padStart(6)}   ${medianNs.toFixed(0).padStart(9)}   ${range.padStart(14)}   ${ratio.toFixed(3).padStart(11)}`,
      );
    }
  }
}

const { values } = parseArgs({
  options: { json: { type: "boolean" }, rounds: { type: "string", default: "41" } },
});
const measurements = run(Number(values.rounds));
const compilation = measureCompilation();
if (values.json)
  console.log(JSON.stringify({ node: process.version, measurements, compilation }, undefined, 2));
else {
  printTable(measurements);
  console.log(
    `\ncompiling the table: ${compilation.map(({ routes, compileMs }) => `${routes}: ${compileMs.toFixed(2)} ms`).join(", ")}`,
  );
}
if (sink === undefined) process.exitCode = 1;
