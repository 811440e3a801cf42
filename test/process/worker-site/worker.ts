// Writes down when it was called, and by which process.
import { appendFile } from "node:fs/promises";
import { pid } from "node:process";

export default {
  fetch: () => Response.json({ pid }),
  async scheduled({ cron, scheduledTime }: { cron: string; scheduledTime: number }, env: { OUT: string }) {
    await appendFile(env.OUT, `${JSON.stringify({ cron, scheduledTime, pid })}\n`);
  },
};
