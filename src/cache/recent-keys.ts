// Which URLs have lately turned out not to be cacheable? Requests for them do not wait for each other.

const MAX_KEYS = 10_000;

/** How long the last answer is taken for what the next one will be like. */
const LIFETIME_MS = 60_000;

/** A bounded set whose members are forgotten after a while. */
export class RecentKeys {
  readonly #expiries = new Map<string, number>();

  add(key: string, nowMs: number): void {
    this.#expiries.delete(key);
    this.#expiries.set(key, nowMs + LIFETIME_MS);
    for (const oldest of this.#expiries.keys()) {
      if (this.#expiries.size <= MAX_KEYS) break;
      this.#expiries.delete(oldest);
    }
  }

  has(key: string, nowMs: number): boolean {
    const expiry = this.#expiries.get(key);
    return expiry !== undefined && expiry > nowMs;
  }

  delete(key: string): void {
    this.#expiries.delete(key);
  }
}
