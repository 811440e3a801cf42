// Which of the available content codings suits a client best? RFC 9110 §12.5.3.

/** Weights by lower-case coding (or `*`), 0 meaning refused. */
export type CodingWeights = ReadonlyMap<string, number>;

/** Below every weight that can be written: a coding that is neither named nor refused. */
const UNLISTED = 0.0001;

const MEMBER = /^([!#$%&'*+.^_`|~0-9a-z-]+)(?:[ \t]*;[ \t]*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?))?$/i;

/** Reads the field; members that break the grammar are skipped. */
export function parseAcceptEncoding(field: string): CodingWeights {
  const weights = new Map<string, number>();
  for (const member of field.split(",")) {
    const match = MEMBER.exec(member.trim());
    if (!match?.[1]) continue;
    const name = match[1].toLowerCase();
    weights.set(name === "x-gzip" ? "gzip" : name, match[2] === undefined ? 1 : Number(match[2]));
  }
  return weights;
}

/**
 * Chooses among `available` (our preference first, all of them better than plain at equal weight).
 * `identity` also if the client refuses everything: plain bytes beat an error (§12.5.3).
 */
export function selectCoding<Coding extends string>(
  field: string | null,
  available: readonly Coding[],
): Coding | "identity" {
  if (!field || available.length === 0) return "identity";
  const weights = parseAcceptEncoding(field);
  const others = weights.get("*");
  let best: Coding | "identity" = "identity";
  let bestWeight = 0;
  for (const coding of available) {
    const weight = weights.get(coding) ?? others ?? 0;
    if (weight > bestWeight) [best, bestWeight] = [coding, weight];
  }
  return bestWeight >= (weights.get("identity") ?? others ?? UNLISTED) ? best : "identity";
}

/** Whether a client takes this coding at all; `identity` unless it is refused. */
export function isCodingAccepted(field: string | null, coding: string): boolean {
  const weights = parseAcceptEncoding(field ?? "");
  return (weights.get(coding) ?? weights.get("*") ?? (coding === "identity" ? UNLISTED : 0)) > 0;
}
