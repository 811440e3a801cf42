// One server of an upstream: what is known of it now, and whether it may be asked.

import type { Clock } from "../contract/platform.ts";
import type { ServerSettings, UpstreamSettings } from "../contract/routing.ts";
import type { UpstreamServer } from "../contract/transport.ts";
import { CircuitBreaker } from "./circuit-breaker.ts";
import { PassiveHealth } from "./passive-health.ts";

/** How an exchange ended, as far as it says something about the server. */
export type Outcome = "success" | "failure" | "unknown";

export class ServerState {
  readonly server: UpstreamServer;
  readonly settings: ServerSettings;
  readonly #passive: PassiveHealth;
  readonly #breaker: CircuitBreaker | undefined;
  #active = 0;
  #isCheckedHealthy = true;
  #drains: boolean;

  constructor(settings: ServerSettings, upstream: UpstreamSettings, clock: Clock) {
    this.settings = settings;
    this.server = describeServer(settings, upstream);
    this.#passive = new PassiveHealth(upstream.passiveHealth, clock);
    this.#breaker = upstream.circuitBreaker && new CircuitBreaker(upstream.circuitBreaker, clock);
    this.#drains = settings.drain;
  }

  /** Requests under way. */
  get active(): number {
    return this.#active;
  }

  /** The weight that counts now: less than configured during a slow start, never nothing. */
  get weight(): number {
    return Math.max(this.settings.weight * this.#passive.share(), this.settings.weight / 100);
  }

  get drains(): boolean {
    return this.#drains;
  }

  /** Answers to clients and to checks are good. */
  isHealthy(): boolean {
    return this.#isCheckedHealthy && this.#passive.isIn() && this.isPermitted();
  }

  /** Its circuit breaker lets requests through. */
  isPermitted(): boolean {
    return this.#breaker?.permits() ?? true;
  }

  isFull(): boolean {
    const { maxConnections } = this.settings;
    return maxConnections > 0 && this.#active >= maxConnections;
  }

  /** May be asked for clients that are bound to it. */
  isAvailable(): boolean {
    return this.isHealthy() && !this.isFull();
  }

  /** May be tried although it failed lately, because nobody else is left. */
  isLastResort(): boolean {
    return this.isPermitted() && !this.isFull() && !this.#drains;
  }

  /** Counts a request in; the function it gives counts it out again, once. */
  begin(): (outcome: Outcome) => void {
    this.#active += 1;
    this.#passive.begin();
    this.#breaker?.begin();
    let isOpen = true;
    return (outcome) => {
      if (!isOpen) return;
      isOpen = false;
      this.#active -= 1;
      this.#judge(outcome);
    };
  }

  /** What an active check found. */
  setChecked(isHealthy: boolean): void {
    if (isHealthy && !this.#isCheckedHealthy) this.#passive.succeed();
    this.#isCheckedHealthy = isHealthy;
  }

  /** Takes the server out for new clients, or back in. */
  setDraining(drains: boolean): void {
    this.#drains = drains;
  }

  #judge(outcome: Outcome): void {
    for (const judge of [this.#passive, this.#breaker]) {
      if (outcome === "success") judge?.succeed();
      else if (outcome === "failure") judge?.fail();
      else judge?.abandon();
    }
  }
}

function describeServer(
  settings: ServerSettings,
  { timeouts, maxBufferedBodyBytes }: UpstreamSettings,
): UpstreamServer {
  const { protocol, address, tls, variables, script } = settings;
  return {
    id: formatServerId(settings),
    protocol,
    address,
    connectTimeoutMs: timeouts.connectMs,
    maxBufferedBodyBytes,
    ...(tls === undefined ? {} : { tls }),
    ...(variables === undefined ? {} : { variables }),
    ...(script === undefined ? {} : { script }),
  };
}

/** The server as a URL, for logs and as a key. */
export function formatServerId({ protocol, address, tls }: ServerSettings): string {
  const scheme = tls === undefined ? protocol : `${protocol}s`;
  if (address.kind === "unix") return `${scheme}+unix://${address.path}`;
  const name = address.hostname.includes(":") ? `[${address.hostname}]` : address.hostname;
  return `${scheme}://${name}:${address.port}`;
}
