// Moving routes as text: a table of parity, an example for each route that differs, a table of cutovers.

import { formatTable } from "./format-table.ts";
import type { MigrationReport } from "./migration-report.ts";

/** What `causeway shadow` prints. */
export function formatMigrations(reports: readonly MigrationReport[]): string {
  if (reports.length === 0) return "No route has shadow or cutover.";
  const parts = [formatParity(reports), ...reports.flatMap(formatExample), formatCutovers(reports)];
  return parts.filter((part) => part !== "").join("\n\n");
}

function formatParity(reports: readonly MigrationReport[]): string {
  const rows = reports.flatMap(({ route, isConfigured, shadow }) => {
    if (shadow === undefined) return [];
    const { to, requests, equal, different, skipped, parity } = shadow;
    const left = requests - equal - different;
    const reasons = Object.entries(skipped).map(([reason, count]) => `${count} ${reason}`);
    return [
      [
        isConfigured ? route : `${route} (not configured)`,
        to,
        String(requests),
        String(equal),
        String(different),
        String(left),
        parity === null ? "-" : `${parity} %`,
        reasons.join(", "),
      ],
    ];
  });
  const head = [
    "ROUTE",
    "COMPARED WITH",
    "REQUESTS",
    "EQUAL",
    "DIFFERENT",
    "SKIPPED",
    "PARITY",
    "WHY SKIPPED",
  ];
  return rows.length === 0 ? "" : formatTable([head, ...rows]);
}

function formatExample({ route, shadow }: MigrationReport): string[] {
  const [example] = shadow?.examples ?? [];
  if (example === undefined) return [];
  const rows = example.differences.flatMap(({ where, expected, actual }) => [
    `  ${where}`,
    `    before  ${onOneLine(expected)}`,
    `    now     ${onOneLine(actual)}`,
  ]);
  const head = `${route}: ${onOneLine(example.request)} differed first at ${example.at} (request ${example.requestId})`;
  return [[head, ...rows].join("\n")];
}

function formatCutovers(reports: readonly MigrationReport[]): string {
  const rows = reports.flatMap(({ route, isConfigured, cutover }) => {
    if (cutover === undefined) return [];
    const { to, percent, first, other, fallbacks } = cutover;
    return [
      [
        isConfigured ? route : `${route} (not configured)`,
        to,
        percent === undefined ? "-" : `${percent} %`,
        String(first),
        String(other),
        String(fallbacks),
      ],
    ];
  });
  const head = ["ROUTE", "MOVES TO", "CLIENTS", "ANSWERED BEFORE", "ANSWERED NOW", "FELL BACK"];
  return rows.length === 0 ? "" : formatTable([head, ...rows]);
}

/** What servers and clients have sent must not steer the terminal. */
function onOneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (character) => {
    const code = (character.codePointAt(0) as number).toString(16);
    return character === "\n" ? "\\n" : character === "\t" ? "\\t" : `\\u{${code}}`;
  });
}
