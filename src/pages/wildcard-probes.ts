// Example paths of a pattern, to ask whether another pattern covers all that it can match.

/** Stands for any text that a `:name` may take; no literal of a rule holds it, since rules are percent-encoded. */
const SEGMENT = "\u{1}any\u{1}";

/** Each wildcard at its extremes: `*` may be nothing, one segment or several. */
export function wildcardProbes(source: string): string[] {
  const filled = source.replace(/:[A-Za-z]\w*/g, SEGMENT);
  const probes = ["", SEGMENT, `${SEGMENT}/${SEGMENT}`].map((rest) => filled.replaceAll("*", rest));
  return [...new Set(probes)];
}
