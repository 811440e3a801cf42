// Does a site fit into what Cloudflare takes? Pages docs, "Limits"; the other targets have no such limits.

import type { Problem } from "../contract/problem.ts";
import type { AssetFile } from "../contract/site.ts";
import { readStoreAddress } from "../contract/store-address.ts";

const MAX_FILE_BYTES = 25 * 1024 * 1024;
/** On the free plan; 100 000 on others. */
const MAX_FILES = 20_000;

/** Workers reach a bucket by a binding only: their secrets need not hold a key of it. */
export function checkWorkersStore(store: string): Problem[] {
  const address = readStoreAddress(store);
  if ("flaw" in address || address.kind !== "s3" || address.binding !== undefined) return [];
  return [
    {
      severity: "warning",
      code: "store-unbound",
      message: `Workers cannot read the bucket "${address.bucket}": the address of the store names no binding`,
      file: "package.json",
      remedy:
        'Add &binding=NAME to "causeway.assetStore", and an R2 bucket of that name to the wrangler configuration.',
    },
  ];
}

/** Warnings for a build with the target Workers; `directory` is how messages call the static directory. */
export function checkLimits(
  files: Record<string, AssetFile>,
  blobCount: number,
  directory: string,
): Problem[] {
  const problems: Problem[] = [];
  for (const [path, { size }] of Object.entries(files)) {
    if (size <= MAX_FILE_BYTES) continue;
    problems.push({
      severity: "warning",
      code: "asset-too-large",
      message: `Workers takes files of at most 25 MiB, and this one has ${(size / 1024 / 1024).toFixed(1)} MiB`,
      file: directory + path,
      remedy: "Keep it elsewhere, in R2 for instance, or do not build for Workers.",
    });
  }
  if (blobCount > MAX_FILES) {
    problems.push({
      severity: "warning",
      code: "assets-too-many",
      message: `Workers takes 20000 files (100000 on paid plans), and there are ${blobCount} with their compressed forms`,
      file: directory,
      remedy: "Leave out files that nobody asks for.",
    });
  }
  return problems;
}
