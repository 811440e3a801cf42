// How do many equal requests become one? Requests that are under way to the origin, and who may wait for them.

/** What waiting for somebody else's request comes to. */
export type Landing<Outcome> = { kind: "landed"; outcome: Outcome } | { kind: "overdue" };

/** Tells which request the running code works for, where the runtime can (AsyncLocalStorage). */
export interface FlightScope {
  run<Result>(flight: object, work: () => Result): Result;
  current(): object | undefined;
}

/** One request under way. */
export class Flight<Outcome> {
  readonly key: string;
  /** Number of the last purge before it left: what it brings may be older than a later one. */
  readonly epoch: number;
  /** The flight that the code works for which started this one, if there is any. */
  readonly parent: Flight<Outcome> | undefined;
  /** Flights that have to land before this one can. */
  readonly waitsFor = new Set<Flight<Outcome>>();
  readonly #abort = new AbortController();
  readonly #landing: Promise<Outcome>;
  #land: (outcome: Outcome) => void = () => undefined;
  /** Resolves when there is an outcome and everything that is kept of it is in the store. */
  readonly over: Promise<Outcome>;
  #end: (outcome: Outcome) => void = () => undefined;
  #outcome: Outcome | undefined;
  #travellers = 0;

  constructor(key: string, epoch: number, parent: Flight<Outcome> | undefined) {
    this.key = key;
    this.epoch = epoch;
    this.parent = parent;
    this.#landing = new Promise((resolve) => {
      this.#land = resolve;
    });
    this.over = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  /** For the request to the origin: aborted when every client has gone before there is an answer. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Undefined until there is one. */
  get outcome(): Outcome | undefined {
    return this.#outcome;
  }

  land(outcome: Outcome): void {
    this.#outcome = outcome;
    this.#land(outcome);
  }

  end(outcome: Outcome): void {
    this.#end(outcome);
  }

  /** Counts a client in until it goes; a traveller without a signal never does. */
  board(signal: AbortSignal | undefined): void {
    this.#travellers += 1;
    signal?.addEventListener("abort", () => this.#leave(signal.reason), { once: true });
    if (signal?.aborted) this.#leave(signal.reason);
  }

  /** Waits for the outcome, but not beyond `limitMs`. */
  async wait(limitMs: number): Promise<Landing<Outcome>> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const overdue = new Promise<Landing<Outcome>>((resolve) => {
      timer = setTimeout(() => resolve({ kind: "overdue" }), limitMs);
    });
    const landed = this.#landing.then((outcome) => ({ kind: "landed" as const, outcome }));
    try {
      return await Promise.race([landed, overdue]);
    } finally {
      clearTimeout(timer);
    }
  }

  #leave(reason: unknown): void {
    this.#travellers -= 1;
    if (this.#travellers === 0 && this.#outcome === undefined) this.#abort.abort(reason);
  }
}

/** All flights of a cache. */
export class Flights<Outcome> {
  readonly #byKey = new Map<string, Flight<Outcome>>();
  readonly #scope: FlightScope | undefined;

  constructor(scope: FlightScope | undefined) {
    this.#scope = scope;
  }

  find(key: string): Flight<Outcome> | undefined {
    return this.#byKey.get(key);
  }

  /**
   * Takes the place of an earlier flight under the key, which nobody finds from now on. A background flight
   * keeps nobody waiting.
   */
  start(key: string, epoch: number, isBackground = false): Flight<Outcome> {
    const flight = new Flight<Outcome>(key, epoch, isBackground ? undefined : this.#current());
    flight.parent?.waitsFor.add(flight);
    this.#byKey.set(key, flight);
    return flight;
  }

  /** Everybody who waits gets the outcome; until `untilKept` is settled, whoever comes may still find it. */
  settle(flight: Flight<Outcome>, outcome: Outcome, untilKept?: Promise<unknown>): void {
    flight.parent?.waitsFor.delete(flight);
    flight.land(outcome);
    const end = () => {
      this.remove(flight);
      flight.end(outcome);
    };
    if (untilKept === undefined) end();
    else untilKept.then(end, end);
  }

  /** Runs the work of a flight so that requests which it makes itself are recognised. */
  run<Result>(flight: Flight<Outcome>, work: () => Result): Result {
    return this.#scope === undefined ? work() : this.#scope.run(flight, work);
  }

  /** Nobody joins it any more. */
  remove(flight: Flight<Outcome>): void {
    flight.parent?.waitsFor.delete(flight);
    if (this.#byKey.get(flight.key) === flight) this.#byKey.delete(flight.key);
  }

  /**
   * Waits for somebody else's flight; undefined at once if that flight waits, through whatever others, for the
   * request that is waiting here: a route that asks for itself would never answer.
   */
  async join(
    flight: Flight<Outcome>,
    signal: AbortSignal | undefined,
    limitMs: number,
  ): Promise<Landing<Outcome> | undefined> {
    const own = this.#current();
    if (own !== undefined && (flight === own || isWaitingFor(flight, own))) return undefined;
    flight.board(signal);
    own?.waitsFor.add(flight);
    try {
      return await flight.wait(limitMs);
    } finally {
      own?.waitsFor.delete(flight);
    }
  }

  #current(): Flight<Outcome> | undefined {
    const current = this.#scope?.current();
    return current instanceof Flight ? current : undefined;
  }
}

function isWaitingFor<Outcome>(flight: Flight<Outcome>, target: Flight<Outcome>): boolean {
  const seen = new Set<Flight<Outcome>>();
  const open = [flight];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next === target) return true;
    if (seen.has(next)) continue;
    seen.add(next);
    open.push(...next.waitsFor);
  }
  return false;
}
