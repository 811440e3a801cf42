import { composeSite } from "/work/main/src/runtimes/compose.ts";
import { buildRoutes } from "/work/main/src/pages/build-routes.ts";
import { RequestContext, BackgroundWork } from "/work/main/src/runtimes/request-context.ts";
import { ServerRequest, installServerRequest } from "/work/main/src/runtimes/server-request.ts";
import { createMemoryStore } from "/work/main/src/assets/stores/memory-store.ts";
const isBun = "Bun" in globalThis;
if (!isBun) { const m = await import("/work/main/src/runtimes/node.ts"); m.prepareNode(); } else { const m = await import("/work/main/src/runtimes/bun.ts"); m.prepareBun(); }
const fns: any = { "api/hello.ts": { onRequestGet: () => Response.json({ hello: "world" }) } };
const { routes } = buildRoutes([{ file: "api/hello.ts", exports: ["onRequestGet"] }]);
const site: any = { version: 1, name: "x", compatibility: { date: "2025-09-01", flags: [] }, vars: {}, application: { kind: "functions", routes, invocation: undefined }, assets: { files: {}, htmlHandling: "pages", notFound: "pages", headers: [], redirects: { exact: [], patterns: [] }, navigationFallbackOnly: false, immutableFingerprints: false } };
const log: any = { error() {}, warn() {}, access() {}, info() {} };
const c = composeSite({ site, bundle: { modules: fns }, platform: { runtime: "memory", assets: createMemoryStore(new Map()), log, clock: { now: () => 0, monotonic: () => 0 } } as any });
const work = new BackgroundWork(log); const env = {};
const src = () => ({ method: "GET", url: "http://127.0.0.1:8080/api/hello", hasBody: false, makeHeaders: () => new Headers(), signal: () => new AbortController().signal, openBody() { throw 1 }, readBody() { throw 1 } });
async function loop(n: number) { for (let i = 0; i < n; i++) { const r = await c.handler(new ServerRequest(src() as any) as any, env as any, new RequestContext(work, { address: "127.0.0.1" })); if (r.status !== 200) throw new Error("status " + r.status); } }
async function bare(n: number) { for (let i = 0; i < n; i++) { const r = await (fns["api/hello.ts"].onRequestGet)(); if (r.status !== 200) throw 1; } }
await loop(20000); await bare(20000);
for (let k = 0; k < 12; k++) { let b = process.cpuUsage(); await loop(100000); let d = process.cpuUsage(b); const a = (d.user + d.system) / 100000; b = process.cpuUsage(); await bare(1); d = process.cpuUsage(b); console.log("chain", a.toFixed(2), "bare", ((d.user + d.system) / 100000).toFixed(2)); }
