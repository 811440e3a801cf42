// How long did answers take? Counts in buckets that grow by a constant factor, so that the histograms of
// several processes add up and a percentile is known to within a few per cent.

/** Four buckets to each doubling: neighbours differ by 19 %. */
const BUCKETS_PER_DOUBLING = 4;
/** The first bucket ends at 0.05 ms, the last but one at about 190 s. */
const FIRST_LIMIT_MS = 0.05;
const BUCKET_COUNT = 89;

/** Counts for all buckets, none yet. */
export function createHistogram(): number[] {
  return new Array<number>(BUCKET_COUNT).fill(0);
}

/** Counts one duration. */
export function recordDuration(histogram: number[], durationMs: number): void {
  const position = Math.ceil(Math.log2(durationMs / FIRST_LIMIT_MS) * BUCKETS_PER_DOUBLING);
  const index = Math.min(BUCKET_COUNT - 1, Math.max(0, position || 0));
  histogram[index] = (histogram[index] ?? 0) + 1;
}

/** The upper limit of a bucket in milliseconds; infinite for the last one. */
export function bucketLimitMs(index: number): number {
  if (index >= BUCKET_COUNT - 1) return Number.POSITIVE_INFINITY;
  return FIRST_LIMIT_MS * 2 ** (index / BUCKETS_PER_DOUBLING);
}

/** The sum of several histograms. */
export function addHistograms(histograms: readonly (readonly number[])[]): number[] {
  const sum = createHistogram();
  for (const histogram of histograms) {
    for (const [index, count] of histogram.entries()) sum[index] = (sum[index] ?? 0) + count;
  }
  return sum;
}

/** What lies between two states of a histogram that only grows. */
export function subtractHistograms(later: readonly number[], earlier: readonly number[]): number[] {
  return later.map((count, index) => count - (earlier[index] ?? 0));
}

/** The limit that `share` (0 to 1) of the durations keep; undefined without any. */
export function percentileMs(histogram: readonly number[], share: number): number | undefined {
  const total = histogram.reduce((sum, count) => sum + count, 0);
  if (total === 0) return undefined;
  let seen = 0;
  for (const [index, count] of histogram.entries()) {
    seen += count;
    if (seen >= total * share) return bucketLimitMs(index);
  }
  return undefined;
}
