// What the door for operators answers to a purge.

import { addPurges, type PurgeOutcome } from "../../contract/purge-outcome.ts";
import { parsePurgeSelection } from "../../contract/purge-selection.ts";
import type { PurgeSelection } from "../../contract/response-cache.ts";
import { type ControlRoute, json } from "./control-door.ts";

/** `{"selections": [{"kind": "tag", "tag": "news"}]}` → how many answers are gone. */
export function createPurgeRoute(purge: (selection: PurgeSelection) => Promise<PurgeOutcome>): ControlRoute {
  return async ({ selections }) => {
    const documents: unknown[] = Array.isArray(selections) ? selections : [];
    const parsed = documents.map(parsePurgeSelection);
    if (parsed.length === 0 || parsed.includes(undefined)) {
      return json(400, { error: "selections: a list of url, prefix, tag or all" });
    }
    const outcomes: PurgeOutcome[] = [];
    // One after the other: what two of them mean counts once.
    for (const selection of parsed as PurgeSelection[]) outcomes.push(await purge(selection));
    return json(200, addPurges(outcomes));
  };
}
