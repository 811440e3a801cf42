// One balancing rule behind one interface: which of these servers is asked next?

import type { BalancingPolicy } from "../../contract/routing.ts";
import type { ServerState } from "../server-state.ts";
import { createConsistentHash } from "./consistent-hash.ts";
import { createLeastBusy } from "./least-busy.ts";
import { createRoundRobin } from "./round-robin.ts";
import { createTwoChoices } from "./two-choices.ts";

/** Chooses among servers that may all be asked. */
export interface Policy {
  select(candidates: readonly ServerState[], request: BalancedRequest): ServerState | undefined;
}

/** What a rule may look at. */
export interface BalancedRequest {
  /** Path and query. */
  target: string;
  headers: Headers;
  clientAddress: string | undefined;
}

/** 0 up to but not including 1. */
export type RandomSource = () => number;

/** The rule of a configuration. */
export function createPolicy(policy: BalancingPolicy, random: RandomSource): Policy {
  switch (policy.kind) {
    case "round-robin":
      return createRoundRobin();
    case "least-busy":
      return createLeastBusy(random);
    case "two-choices":
      return createTwoChoices(random);
    case "hash":
      return createConsistentHash(policy.key, createRoundRobin());
  }
}
