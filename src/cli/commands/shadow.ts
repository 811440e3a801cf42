// `causeway shadow`: what the servers of a build have counted on moving routes, added up.

import { join, resolve } from "node:path";
import { TARGETS } from "../../build/target.ts";
import { OUTPUT_DIRECTORIES } from "../../config/output-directory.ts";
import { CausewayError } from "../../contract/errors.ts";
import { parseSite } from "../../contract/parse-site.ts";
import { clearTallies, migrationFolder, readTallies } from "../../runtimes/server/migration-folder.ts";
import { type FoundBuild, readSiteDocument } from "../find-build.ts";
import { formatMigrations } from "../format-migrations.ts";
import { type MigrationReport, reportMigrations } from "../migration-report.ts";
import type { Output } from "../output.ts";
import { parsePercent } from "../parse-amount.ts";
import type { CommandLine } from "../parse-arguments.ts";

/** Prints the report, or forgets what was counted; with --check a route that is not equal enough is a failure. */
export async function runShadow(line: CommandLine, output: Output): Promise<void> {
  const builds = await findBuilds(line);
  const control = line.options.texts.get("control");
  const folders = [...new Set(builds.map(({ outDir }) => migrationFolder(outDir, control)))];
  if (line.options.flags.has("reset")) {
    await clearTallies(folders);
    return output.result("What was counted is forgotten", { event: "reset" });
  }
  const rules = builds[0]?.site.routing?.routes ?? [];
  const reports = reportMigrations(rules, readTallies(folders));
  output.result(formatMigrations(reports), { routes: reports });
  const wanted = parsePercent(line.options.texts.get("check") ?? "");
  if (wanted !== undefined) requireParity(reports, wanted);
}

/** The builds that servers of this project may be serving, what `causeway dev` serves last. */
async function findBuilds({
  directory,
  options,
}: CommandLine): Promise<Pick<FoundBuild, "outDir" | "site">[]> {
  const root = resolve(directory);
  const wish = options.texts.get("out");
  const development = TARGETS.map((target) => join(".causeway", "dev", target));
  const candidates = wish === undefined ? [...OUTPUT_DIRECTORIES, ...development] : [wish];
  const found = await Promise.all(
    candidates.map(async (candidate) => {
      const outDir = resolve(root, candidate);
      const document = await readSiteDocument(join(outDir, "site.json"));
      return document === undefined ? [] : [{ outDir, site: parseSite(document) }];
    }),
  );
  if (found.flat().length > 0) return found.flat();
  throw new CausewayError("build-missing", `Cannot find a build in "${resolve(root, wish ?? ".")}"`, {
    remedy: "Run `causeway build`, `start --build` or `dev` first.",
  });
}

/** A route of which nothing was compared has shown nothing. */
function requireParity(reports: readonly MigrationReport[], wanted: number): void {
  const shadowed = reports.filter(({ isConfigured, shadow }) => isConfigured && shadow !== undefined);
  const missed = shadowed.filter(({ shadow }) => (shadow?.parity ?? -1) < wanted);
  if (shadowed.length > 0 && missed.length === 0) return;
  const named = missed.map(({ route, shadow }) => {
    const parity = shadow?.parity ?? null;
    return `"${route}" ${parity === null ? "was not compared" : `has ${parity} %`}`;
  });
  const state = named.length === 0 ? "no route is compared" : named.join(", ");
  throw new CausewayError("parity-missed", `Cannot confirm a parity of ${wanted} %: ${state}`, {
    remedy: "Correct what differs, begin anew with `causeway shadow --reset`, and send requests.",
  });
}
