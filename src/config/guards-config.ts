// Guards in causeway.config.ts, of the site or of a route: what a project may write. docs/limits-and-guards.md
// explains each key.

import type { Duration, Size } from "./causeway-config.ts";

/** A text, or the name of a variable that holds it when the site starts. */
export type SecretConfig = string | { env: string };

/** On a route in place of the site's; `false` does without. */
export interface GuardsConfig {
  /** Addresses, CIDR ranges, `unix` or `all`: nobody else. */
  allow?: string[];
  /** Not these, whatever `allow` says. */
  deny?: string[];
  limit?: false | LimitConfig | LimitConfig[];
  cors?: false | CorsConfig;
  auth?: false | AuthConfig;
  /** Refuses what pages of other sites send; `origins` may. */
  csrf?: boolean | { origins?: string[] };
  /** Fields that make browsers careful: a value that holds for every answer, or false to leave one out. */
  secureHeaders?: boolean | Record<string, string | false>;
  /** 413 beyond it, whatever the framing. */
  maxBody?: Size;
}

export interface LimitConfig {
  /** `"10/s"`, `"100/m"`, `"1000/h"`. */
  rate?: string;
  /** Requests that may be ahead of the rate; 0 if absent. */
  burst?: number;
  /** What happens to them: they pass (`reject`, the default, refuses those beyond), or they wait for their turn. */
  excess?: "reject" | "delay";
  /** Requests at once. */
  connections?: number;
  /** What is counted together; `client` (its address, an IPv6 /64) if absent. */
  key?: "client" | "all" | { header: string } | { cookie: string };
  /** Keys that are remembered; 16384 if absent. */
  maxKeys?: number;
}

export interface CorsConfig {
  /** `"*"`, or origins; `https://*.example.com` is any name below. */
  origin: string | string[];
  methods?: string[];
  /** Request fields beside the few that are always allowed. */
  headers?: string[];
  exposeHeaders?: string[];
  credentials?: boolean;
  maxAge?: Duration;
}

/** Exactly one of them. */
export interface AuthConfig {
  basic?: { realm?: string; users: Record<string, SecretConfig> };
  jwt?: JwtConfig;
  /** Another server decides. */
  request?: { upstream: string; path: string; copy?: string[]; timeout?: Duration };
}

/** Exactly one of `secret`, `publicKey`, `jwks`. */
export interface JwtConfig {
  /** Never taken from the token. */
  algorithms: string[];
  /** For HS256, HS384, HS512. */
  secret?: SecretConfig;
  /** PEM, or a JWK as JSON, for all other algorithms. */
  publicKey?: SecretConfig;
  /** The URL of a JWK set: https, or http on this machine. */
  jwks?: string;
  issuer?: string | string[];
  audience?: string | string[];
  /** `["exp"]` if absent. */
  requiredClaims?: string[];
  clockTolerance?: Duration;
  /** `Authorization: Bearer` if absent. */
  token?: { header: string } | { cookie: string };
  /** Field of the request that goes on → claim. */
  claims?: Record<string, string>;
  realm?: string;
}

/** What is borne from slow or verbose clients. */
export interface ClientsConfig {
  /** Until the head of a request must be there; 60 s if absent. */
  headerTimeout?: Duration;
  /** Idle connections are closed after it; 5 s if absent. */
  keepAlive?: Duration;
  /** Bytes of a request's head; 16 KB if absent. */
  maxHeaderSize?: Size;
  /** Fields of a request; 200 if absent. */
  maxHeaders?: number;
  /** The slowest body that is borne, such as `"500B/s"` (the default); 0 for any. */
  minBodyRate?: string | 0;
  /** Over which time the rate is looked at; 20 s if absent. */
  bodyWindow?: Duration;
}
