// Which of the known names was probably meant.

/** The known name with the fewest edits, if it is near enough to be worth suggesting: a third of the letters. */
export function nearestName(
  name: string,
  known: readonly string[],
  maxEdits = Math.max(1, Math.floor(name.length / 3)),
): string | undefined {
  const ranked = known.map((candidate) => ({ candidate, edits: countEdits(name, candidate) }));
  const best = ranked.sort((a, b) => a.edits - b.edits)[0];
  return best !== undefined && best.edits <= maxEdits ? best.candidate : undefined;
}

/** Insertions, deletions, replacements and swaps of neighbours (optimal string alignment). */
function countEdits(from: string, to: string): number {
  const rows: number[][] = Array.from({ length: from.length + 1 }, (_, index) => [index]);
  for (let column = 1; column <= to.length; column++) rows[0]![column] = column;
  for (let row = 1; row <= from.length; row++) {
    for (let column = 1; column <= to.length; column++) {
      const replace = rows[row - 1]![column - 1]! + (from[row - 1] === to[column - 1] ? 0 : 1);
      const edits = Math.min(rows[row - 1]![column]! + 1, rows[row]![column - 1]! + 1, replace);
      const swapped =
        row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      rows[row]![column] = swapped ? Math.min(edits, rows[row - 2]![column - 2]! + 1) : edits;
    }
  }
  return rows[from.length]![to.length]!;
}
