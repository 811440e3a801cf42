// `causeway purge`: removes answers from the shared cache of everybody who serves a build on this machine.

import { rm } from "node:fs/promises";
import { CausewayError } from "../../contract/errors.ts";
import { NO_PURGE, type PurgeOutcome } from "../../contract/purge-outcome.ts";
import type { PurgeSelection } from "../../contract/response-cache.ts";
import { askPurge, type ControlTarget } from "../../runtimes/app-server/control-client.ts";
import { findControls } from "../find-control.ts";
import type { Output } from "../output.ts";
import type { CommandLine } from "../parse-arguments.ts";

export async function runPurge(line: CommandLine, output: Output): Promise<void> {
  const selections = readSelections(line);
  const { removed, processes, late } = await purgeEverywhere(await findControls(line), selections);
  const answers = removed === 1 ? "answer" : "answers";
  output.result(`Removed ${removed} ${answers}`, { event: "purged", removed, processes, late });
  if (late > 0) output.note(`${late} of ${processes} processes have not answered yet; they will obey.`);
}

function readSelections({ operand, options }: CommandLine): PurgeSelection[] {
  const { flags, lists } = options;
  const prefixes = (lists.get("prefix") ?? []).map(checkUrl);
  const selections: PurgeSelection[] = [
    ...(operand === undefined ? [] : [{ kind: "url" as const, url: checkUrl(operand) }]),
    ...prefixes.map((prefix) => ({ kind: "prefix" as const, prefix })),
    ...(lists.get("tag") ?? []).map((tag) => ({ kind: "tag" as const, tag })),
    ...(flags.has("all") ? [{ kind: "all" as const }] : []),
  ];
  if (selections.length > 0) return selections;
  throw new CausewayError("bad-usage", "Cannot purge: it is not said what", {
    remedy: "Write a URL, --prefix URL, --tag TAG or --all: causeway purge https://example.com/news.",
  });
}

/** Where nothing can be meant, nothing would be removed without a word. */
function checkUrl(text: string): string {
  if (text.startsWith("/") || (/^https?:\/\//i.test(text) && URL.canParse(text))) return text;
  throw new CausewayError("bad-usage", `Cannot purge "${text}": it is no URL`, {
    remedy: "Write https://example.com/news, or /news for every host.",
  });
}

async function purgeEverywhere(
  targets: readonly ControlTarget[],
  selections: readonly PurgeSelection[],
): Promise<PurgeOutcome> {
  const outcomes = await Promise.allSettled(targets.map((target) => askPurge(target, selections)));
  const reached = outcomes.filter((outcome) => outcome.status === "fulfilled").map(({ value }) => value);
  const failures = outcomes.filter((outcome) => outcome.status === "rejected").map(({ reason }) => reason);
  const broken = failures.find((error) => !isAbsent(error));
  if (broken !== undefined) throw broken;
  if (reached.length === 0) throw failures[0] ?? nobody();
  const left = targets.filter((_target, index) => isLeftBehind(outcomes[index]));
  await Promise.all(left.map(({ path }) => rm(path, { force: true })));
  return reached.reduce(
    (sum, one) => ({
      removed: sum.removed + one.removed,
      processes: sum.processes + one.processes,
      late: sum.late + one.late,
    }),
    NO_PURGE,
  );
}

function isAbsent(error: unknown): boolean {
  return error instanceof CausewayError && error.code === "not-running";
}

/** A socket that refuses connections belonged to a process that was killed. */
function isLeftBehind(outcome: PromiseSettledResult<unknown> | undefined): boolean {
  return (
    outcome?.status === "rejected" &&
    (outcome.reason as Error & { cause?: NodeJS.ErrnoException }).cause?.code === "ECONNREFUSED"
  );
}

function nobody(): CausewayError {
  return new CausewayError("not-running", "Cannot purge: no process serves this build", {
    remedy: "Name the directory after the URL, or the socket with --control.",
  });
}
