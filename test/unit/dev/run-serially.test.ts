import { expect, test } from "vitest";
import { runSerially } from "../../../src/dev/run-serially.ts";

/** A task whose runs the test finishes by hand. */
function createTask() {
  const finishers: (() => void)[] = [];
  let overlapping = 0;
  let most = 0;
  const task = async () => {
    most = Math.max(most, ++overlapping);
    await new Promise<void>((done) => finishers.push(done));
    overlapping--;
  };
  return { task, finishers, most: () => most };
}

test("a task never overlaps itself, and calls during a run are answered by one more", async () => {
  const { task, finishers, most } = createTask();
  const run = runSerially(task);
  const finished = run();
  run();
  run();
  finishers[0]?.();
  await new Promise((done) => setImmediate(done));
  expect(finishers).toHaveLength(2);
  finishers[1]?.();
  await finished;
  expect(finishers).toHaveLength(2);
  expect(most()).toBe(1);
});

test("a task that failed can be run again", async () => {
  let runs = 0;
  const run = runSerially(async () => {
    if (++runs === 1) throw new Error("first");
  });
  await expect(run()).rejects.toThrow("first");
  await run();
  expect(runs).toBe(2);
});
