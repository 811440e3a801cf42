import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  addHistograms,
  bucketLimitMs,
  createHistogram,
  percentileMs,
  recordDuration,
  subtractHistograms,
} from "../../../src/observe/latency-histogram.ts";

const durations = fc.array(fc.double({ min: 0, max: 200_000, noNaN: true }), {
  minLength: 1,
  maxLength: 200,
});

function histogramOf(values: readonly number[]): number[] {
  const histogram = createHistogram();
  for (const value of values) recordDuration(histogram, value);
  return histogram;
}

describe("latency histogram", () => {
  it("gives a percentile that is at most 19 % above the true one", () => {
    fc.assert(
      fc.property(durations, fc.constantFrom(0.5, 0.9, 0.99, 1), (values, share) => {
        const sorted = values.toSorted((one, other) => one - other);
        const exact = sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] as number;
        const estimate = percentileMs(histogramOf(values), share) as number;
        expect(estimate).toBeGreaterThanOrEqual(exact * (1 - 1e-9));
        if (exact > 0.05 && Number.isFinite(estimate)) expect(estimate).toBeLessThanOrEqual(exact * 1.19);
      }),
    );
  });

  it("adds up: the sum of two histograms is the histogram of all durations", () => {
    fc.assert(
      fc.property(durations, durations, (one, other) => {
        const sum = addHistograms([histogramOf(one), histogramOf(other)]);
        expect(sum).toEqual(histogramOf([...one, ...other]));
        expect(subtractHistograms(sum, histogramOf(other))).toEqual(histogramOf(one));
      }),
    );
  });

  it("has no percentile without durations, and counts the longest in a bucket without limit", () => {
    expect(percentileMs(createHistogram(), 0.5)).toBeUndefined();
    const histogram = histogramOf([1e9]);
    expect(percentileMs(histogram, 0.5)).toBe(Number.POSITIVE_INFINITY);
    expect(bucketLimitMs(histogram.length - 2)).toBeGreaterThan(100_000);
  });
});
