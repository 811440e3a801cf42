// `causeway assets push`: uploads the files of a build to the store that it is served from.

import { join } from "node:path";
import { CausewayError } from "../../contract/errors.ts";
import { blobsOf } from "../../contract/site-blobs.ts";
import { withoutCredentials } from "../../contract/store-address.ts";
import { type PushProgress, pushAssets } from "../../deploy/push-assets.ts";
import { requireStoreAddress, STORE_VARIABLES } from "../../runtimes/server/open-asset-store.ts";
import { openAssetTarget } from "../../runtimes/server/open-asset-target.ts";
import { badUsage, suggest } from "../check-option.ts";
import { type FoundBuild, findBuild } from "../find-build.ts";
import { formatBytes } from "../format-bytes.ts";
import type { Output } from "../output.ts";
import { parseCount } from "../parse-amount.ts";
import type { CommandLine } from "../parse-arguments.ts";
import { createProgressLine } from "../progress-line.ts";

const ACTIONS = ["push"];
const DEFAULT_CONCURRENCY = 8;

/** Ends when every blob of the build is in the store. */
export async function runAssets(line: CommandLine, output: Output): Promise<void> {
  requireAction(line.operand);
  const build = await findBuild(line, undefined);
  const { texts, flags } = line.options;
  const store = storeOf(line, build);
  const target = await openAssetTarget(requireStoreAddress(store));
  const dryRun = flags.has("dry-run");
  const startedMs = performance.now();
  const progress = createProgressLine(!output.json && !output.quiet);
  const interrupt = abortOnSignal();
  try {
    const done = await pushAssets({
      folder: join(build.outDir, "assets"),
      blobs: blobsOf(build.site),
      target,
      concurrency: parseCount(texts.get("concurrency") ?? "") || DEFAULT_CONCURRENCY,
      dryRun,
      signal: interrupt.signal,
      onProgress: (state) => progress.show(formatProgress(state)),
    });
    progress.clear();
    const durationMs = Math.round(performance.now() - startedMs);
    output.result(formatResult(done, store, dryRun, durationMs), {
      event: "pushed",
      store,
      build: build.site.build,
      dryRun,
      ...done,
      durationMs,
    });
  } finally {
    progress.clear();
    interrupt.release();
  }
}

function requireAction(action: string | undefined): void {
  if (action !== undefined && ACTIONS.includes(action)) return;
  const remedy = `${suggest(action ?? "", ACTIONS)}Write: causeway assets push [directory].`;
  const message =
    action === undefined
      ? "Cannot tell what `causeway assets` is to do"
      : `Cannot do "${action}" with assets`;
  const problems = [badUsage(message, remedy)];
  throw new CausewayError("bad-usage", "", { problems });
}

/** The command line, then the environment, then what the build was made with. */
function storeOf(line: CommandLine, { site }: FoundBuild): string {
  const given = line.options.texts.get("asset-store") ?? process.env[STORE_VARIABLES.store];
  const store = given || site.assets.store;
  if (store !== undefined) return store;
  throw new CausewayError("bad-usage", "Cannot push: no asset store is named", {
    remedy:
      'Give --asset-store s3://bucket/folder, or set "causeway": {"assetStore": "…"} in package.json and build again.',
  });
}

/** The first Ctrl-C ends the push in order, a second one the process. */
function abortOnSignal(): { signal: AbortSignal; release(): void } {
  const controller = new AbortController();
  const stop = () => {
    if (controller.signal.aborted) process.exit(130);
    controller.abort();
  };
  const signals = ["SIGINT", "SIGTERM"] as const;
  for (const signal of signals) process.on(signal, stop);
  return {
    signal: controller.signal,
    release() {
      for (const signal of signals) process.off(signal, stop);
    },
  };
}

function formatProgress({ blobs, looked, missing, missingBytes, sent, sentBytes }: PushProgress): string {
  if (looked < blobs) return `Looked for ${looked} of ${blobs} blobs, ${missing} are missing`;
  const share = missingBytes === 0 ? 100 : Math.floor((sentBytes / missingBytes) * 100);
  return `Sent ${sent} of ${missing} blobs, ${formatBytes(sentBytes)} of ${formatBytes(missingBytes)} (${share} %)`;
}

function formatResult(done: PushProgress, store: string, dryRun: boolean, durationMs: number): string {
  const { blobs, missing, missingBytes, sent, sentBytes } = done;
  const present = `${blobs - missing} of ${blobs} were there`;
  const place = withoutCredentials(store);
  const are = missing === 1 ? "blob is" : "blobs are";
  if (dryRun) return `${missing} ${are} missing in ${place} (${formatBytes(missingBytes)}); ${present}`;
  return `Sent ${sent} ${sent === 1 ? "blob" : "blobs"} (${formatBytes(sentBytes)}) to ${place} in ${durationMs} ms; ${present}`;
}
