import { describe, expect, it } from "vitest";
import { createInvalidationJournal } from "../../../src/cache/invalidation-journal.ts";

const head = { key: "http://a.test/x", tags: ["t"] };

describe("the journal of purges", () => {
  it("tells what left before a purge that means it", () => {
    const journal = createInvalidationJournal();
    const before = journal.epoch;
    journal.record({ kind: "tag", tag: "t" });
    expect(journal.isOutdated(head, before)).toBe(true);
    expect(journal.isOutdated(head, journal.epoch)).toBe(false);
    expect(journal.isOutdated({ ...head, tags: [] }, before)).toBe(false);
  });

  it("does not vouch for what is older than all it remembers", () => {
    const journal = createInvalidationJournal();
    const before = journal.epoch;
    for (let count = 0; count < 1_025; count += 1) journal.record({ kind: "url", url: "http://b.test/" });
    expect(journal.isOutdated(head, before)).toBe(true);
    expect(journal.isOutdated(head, before + 1)).toBe(false);
  });
});
