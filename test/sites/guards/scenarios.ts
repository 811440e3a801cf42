// Guards that count: what clients see when there are too many.

import { request } from "node:http";
import { perform, type Scenario } from "../../conformance/exchange.ts";

const ask = (origin: URL, path: string, key: string, method = "GET") =>
  perform(origin, { path, method, headers: { "x-key": key } });

/** Opens a request and resolves when its answer has begun. */
function open(origin: URL, path: string, key: string): Promise<{ status: number; close(): void }> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      new URL(path, origin),
      { agent: false, headers: { "x-key": key } },
      (response) => {
        response.resume().on("error", () => {});
        resolve({ status: response.statusCode ?? 0, close: () => outgoing.destroy() });
      },
    );
    outgoing.on("error", reject).end();
  });
}

export const scenarios: Scenario[] = [
  {
    name: "requests beyond the burst are refused, each key and spelling for itself",
    async run(origin) {
      const statuses: number[] = [];
      for (const path of ["/limited/a", "/LIMITED/b", "/%6cimited/c"]) {
        statuses.push((await ask(origin, path, "one")).status);
      }
      const refused = await ask(origin, "/limited/d", "one", "HEAD");
      const other = await ask(origin, "/limited/a", "two");
      const field = (name: string) => refused.headers.get(name)?.join();
      return {
        statuses,
        other: [other.status, other.headers.get("ratelimit-policy"), other.headers.get("ratelimit")],
        refused: [refused.status, field("cache-control"), field("ratelimit-policy")],
        // Half an hour for one request, an hour for both; some time may have gone by.
        retry: /^1[78]\d\d$/.test(field("retry-after") ?? ""),
        limit: /^"default";r=0;t=3[56]\d\d$/.test(field("ratelimit") ?? ""),
      };
    },
    expect: {
      statuses: [200, 200, 429],
      other: [200, ['"default";q=2;w=3600'], ['"default";r=1;t=1800']],
      refused: [429, "no-store", '"default";q=2;w=3600'],
      retry: true,
      limit: true,
    },
  },
  {
    name: "requests ahead of the rate wait for their turn",
    async run(origin) {
      const startedAt = performance.now();
      const answers = await Promise.all([1, 2, 3, 4].map(() => ask(origin, "/delayed/x", "one")));
      const tookMs = performance.now() - startedAt;
      return { statuses: answers.map(({ status }) => status), waited: tookMs >= 590 };
    },
    expect: { statuses: [200, 200, 200, 200], waited: true },
  },
  {
    name: "one at a time, until it has been answered or given up",
    async run(origin) {
      const first = await open(origin, "/few/x", "one");
      const second = await ask(origin, "/few/x", "one");
      first.close();
      let third = 429;
      for (let turn = 0; turn < 200 && third === 429; turn += 1) {
        await new Promise((resolve) => setTimeout(resolve, 25));
        const again = await open(origin, "/few/x", "one");
        third = again.status;
        again.close();
      }
      return [first.status, second.status, second.headers.get("retry-after")?.join(), third];
    },
    expect: [200, 429, "1", 200],
  },
];
