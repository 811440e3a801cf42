// An answer that may be there at once. Who has it passes it on at once: a promise for each layer would cost a small
// answer as much as everything else that is done for it.

export type PendingResponse = Response | Promise<Response>;

/** What `use` makes of the answer, when it is there. */
export function afterResponse(
  pending: PendingResponse,
  use: (response: Response) => PendingResponse,
): PendingResponse {
  return pending instanceof Promise ? pending.then(use) : use(pending);
}

/** The answer that `run` gives, or what `recover` makes of its failure, now or later. */
export function orRecover(
  run: () => PendingResponse,
  recover: (error: unknown) => PendingResponse,
): PendingResponse {
  try {
    const pending = run();
    return pending instanceof Promise ? pending.catch(recover) : pending;
  } catch (error) {
    return recover(error);
  }
}
