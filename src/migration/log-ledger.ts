// Where nothing else counts, the log tells of each difference.

import type { MigrationLedger } from "../contract/migration.ts";
import type { LogSink } from "../contract/platform.ts";

/** A ledger that counts nothing; fallbacks are logged by who falls back. */
export function createLogLedger(log: LogSink): MigrationLedger {
  return {
    compared(route, comparison) {
      if (comparison.kind === "different")
        log.warn("A shadow answer differs", { route, ...comparison.example });
    },
    answered() {},
  };
}
