// The Clock port over the platform's own time.

import type { Clock } from "../contract/platform.ts";

export const SYSTEM_CLOCK: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
};
