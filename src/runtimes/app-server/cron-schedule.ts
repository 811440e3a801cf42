// When is a site's `scheduled` handler due? The master keeps the clock, so that each time comes once, however
// many workers there are.

import { Cron } from "croner";
import type { LogSink } from "../../contract/platform.ts";
import type { ScheduledTask } from "../../contract/process-host.ts";

export class CronSchedule {
  #jobs: Cron[] = [];
  readonly #log: LogSink;
  readonly #run: (task: ScheduledTask) => void;

  constructor(run: (task: ScheduledTask) => void, log: LogSink) {
    this.#run = run;
    this.#log = log;
  }

  /** Replaces the expressions; they are in UTC, as on Workers. */
  set(crons: readonly string[]): void {
    this.stop();
    this.#jobs = crons.flatMap((cron) => this.#start(cron) ?? []);
  }

  stop(): void {
    for (const job of this.#jobs) job.stop();
    this.#jobs = [];
  }

  #start(cron: string): Cron | undefined {
    try {
      return new Cron(cron, { timezone: "UTC", unref: true }, (job: Cron) => {
        this.#run({ cron, scheduledTime: job.currentRun()?.getTime() ?? Date.now() });
      });
    } catch (error) {
      this.#log.error(`Cannot follow the cron expression "${cron}"`, error);
      return undefined;
    }
  }
}
