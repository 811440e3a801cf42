// Whole small sites, built once and served by real processes of every runtime: equal answers everywhere.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type LaunchedSite, launch, RUNTIMES } from "../runtimes/launch.ts";
import { exchanges as apiExchanges } from "../sites/apis/exchanges.ts";
import { scenarios as apiScenarios } from "../sites/apis/scenarios.ts";
import { exchanges as applicationExchanges } from "../sites/application/exchanges.ts";
import { exchanges as assetExchanges } from "../sites/assets/exchanges.ts";
import { exchanges as functionExchanges } from "../sites/functions/exchanges.ts";
import { scenarios } from "../sites/functions/scenarios.ts";
import { exchanges as guardExchanges } from "../sites/guards/exchanges.ts";
import { scenarios as guardScenarios } from "../sites/guards/scenarios.ts";
import { exchanges as moduleExchanges } from "../sites/modules/exchanges.ts";
import { exchanges as pluginExchanges } from "../sites/plugins/exchanges.ts";
import { exchanges as staticExchanges } from "../sites/static/exchanges.ts";
import { exchanges as workerExchanges } from "../sites/worker/exchanges.ts";
import { buildSite } from "./build-site.ts";
import { type Answer, checkAnswer, comparable, type Exchange, perform, type Scenario } from "./exchange.ts";

interface SiteUnderTest {
  name: string;
  exchanges: Exchange[];
  scenarios: Scenario[];
}

const SITES: SiteUnderTest[] = [
  { name: "functions", exchanges: functionExchanges, scenarios },
  { name: "static", exchanges: staticExchanges, scenarios: [] },
  { name: "application", exchanges: applicationExchanges, scenarios: [] },
  { name: "worker", exchanges: workerExchanges, scenarios: [] },
  { name: "assets", exchanges: assetExchanges, scenarios: [] },
  { name: "plugins", exchanges: pluginExchanges, scenarios: [] },
  { name: "apis", exchanges: apiExchanges, scenarios: apiScenarios },
  { name: "guards", exchanges: guardExchanges, scenarios: guardScenarios },
  { name: "modules", exchanges: moduleExchanges, scenarios: [] },
];

/** Rows of the table printed at the end: site × runtime → exchanges that were equal. */
const equalCount = new Map<string, number>();

for (const site of SITES) {
  describe(`site ${site.name}`, () => {
    let running: LaunchedSite[] = [];
    let dist: string;

    beforeAll(async () => {
      dist = await mkdtemp(join(tmpdir(), "causeway-site-"));
      await buildSite(join(import.meta.dirname, "../sites", site.name), dist);
      running = await Promise.all(RUNTIMES.map((runtime) => launch(runtime, dist)));
    }, 60_000);

    afterAll(async () => {
      await Promise.all(running.map((launched) => launched.stop()));
      await rm(dist, { recursive: true, force: true });
    });

    it.each(site.exchanges)("$name", async (exchange) => {
      const answers = await Promise.all(running.map(({ origin }) => perform(origin, exchange)));
      const problems = running.flatMap(({ runtime }, index) =>
        checkAnswer(answers[index] as Answer, exchange.expect).map((problem) => `${runtime}: ${problem}`),
      );
      expect(problems).toEqual([]);
      const texts = answers.map((answer, index) =>
        hidePort(comparable(answer), running[index] as LaunchedSite),
      );
      for (const [index, text] of texts.entries()) expect(`${text}`, running[index]?.runtime).toBe(texts[0]);
      countEqual(site.name, running);
    });

    // Of the sites the one with failing handlers; workerd's own log is wrangler's, the others write ours.
    const loggers = site.name === "functions" ? RUNTIMES.filter((runtime) => runtime !== "workerd") : [];
    it.each(loggers)("%s logs the source's line of an exception", async (name) => {
      const launched = running.find(({ runtime }) => runtime === name) as LaunchedSite;
      await perform(launched.origin, { path: "/errors/throws" });
      await expect.poll(() => launched.output()).toMatch(/functions\/errors\/throws\.ts:\d+:\d+/);
    });

    it.each(site.scenarios)("$name", { timeout: 30_000 }, async (scenario) => {
      for (const launched of running) {
        expect(await scenario.run(launched.origin), launched.runtime).toEqual(scenario.expect);
      }
      countEqual(site.name, running);
    });
  });
}

/** Each process listens on another port, which absolute Locations show. */
function hidePort(text: string, { origin }: LaunchedSite): string {
  return text.replaceAll(origin.host, "<host>");
}

function countEqual(site: string, running: LaunchedSite[]): void {
  for (const { runtime } of running) {
    const key = `${site}\t${runtime}`;
    equalCount.set(key, (equalCount.get(key) ?? 0) + 1);
  }
}

afterAll(() => {
  const total = (site: SiteUnderTest) => site.exchanges.length + site.scenarios.length;
  const cell = (text: string | number) => String(text).padStart(9);
  const lines = SITES.map((site) =>
    [
      site.name.padEnd(12),
      cell(total(site)),
      ...RUNTIMES.map((runtime) => cell(equalCount.get(`${site.name}\t${runtime}`) ?? 0)),
    ].join(" "),
  );
  const sum = SITES.reduce((count, site) => count + total(site), 0);
  const sums = RUNTIMES.map((runtime) =>
    SITES.reduce((count, site) => count + (equalCount.get(`${site.name}\t${runtime}`) ?? 0), 0),
  );
  const head = ["site".padEnd(12), cell("exchanges"), ...RUNTIMES.map(cell)].join(" ");
  process.stdout.write(
    `\nConformance: equal answers\n${head}\n${lines.join("\n")}\n${["all".padEnd(12), cell(sum), ...sums.map(cell)].join(" ")}\n\n`,
  );
});
