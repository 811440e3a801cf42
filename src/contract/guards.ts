// What stands in front of a route, or of the whole site, as causeway.config.ts declares it: resolved and checked.

/** A text of the configuration, or the name of the variable that holds it. */
export type SecretSource = string | { env: string };

/**
 * Guards of a route or of the site. A route takes over what it does not name from the site; `false` means that it
 * does without.
 */
export interface GuardSettings {
  addresses?: AddressSettings | false;
  limits?: LimitSettings[] | false;
  cors?: CorsSettings | false;
  auth?: AuthSettings | false;
  csrf?: CsrfSettings | false;
  secureHeaders?: SecureHeaderSettings | false;
  /** Bytes of a request body. */
  maxBodyBytes?: number;
}

/** Addresses, CIDR ranges, `unix` for peers without an address, `all`. */
export interface AddressSettings {
  /** Nobody else; empty: everybody. */
  allow: string[];
  /** Not these, whatever `allow` says. */
  deny: string[];
}

export interface LimitSettings {
  /** What is counted together: every key of every zone has its own count. */
  zone: string;
  key: LimitKey;
  /** Absent: requests may come as fast as they like. */
  rate?: RateSettings;
  /** Requests at once for each key; 0: any number. */
  connections: number;
  /** Keys that are remembered; the least recent one is forgotten first. */
  maxKeys: number;
}

export interface RateSettings {
  /** Milliseconds for one request: the leak of the bucket. */
  intervalMs: number;
  /** Requests that may be ahead of the rate. */
  burst: number;
  /** Whether requests ahead of the rate wait for their turn. */
  delays: boolean;
}

export type LimitKey =
  | { kind: "client" }
  | { kind: "all" }
  | { kind: "header"; name: string }
  | { kind: "cookie"; name: string };

export interface CorsSettings {
  /** `*`, or origins such as `https://app.example.com` and `https://*.example.com`. */
  origins: "*" | string[];
  methods: string[];
  /** Request fields that are allowed beside those that always are. */
  headers: string[];
  exposed: string[];
  credentials: boolean;
  maxAgeSeconds: number;
}

export interface CsrfSettings {
  /** Other origins whose pages may send what changes something. */
  origins: string[];
}

export interface SecureHeaderSettings {
  /** Where an answer has none. */
  defaults: [name: string, value: string][];
  /** Whatever an answer has. */
  set: [name: string, value: string][];
  remove: string[];
}

/** Who may use a route. */
export type AuthSettings = BasicAuthSettings | JwtAuthSettings | RequestAuthSettings;

export interface BasicAuthSettings {
  kind: "basic";
  realm: string;
  /** User → `sha256:` and the lower-case hex SHA-256 of the password, or the variable that holds either. */
  users: Record<string, SecretSource>;
}

/** The signature algorithms that are understood (RFC 7518 §3.1, RFC 8037, RFC 9864). */
export const JWT_ALGORITHMS = [
  ...["HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512"],
  ...["ES256", "ES384", "ES512", "EdDSA", "Ed25519"],
] as const;

export interface JwtAuthSettings {
  kind: "jwt";
  realm: string;
  /** Never empty, and all of the kind of the key. */
  algorithms: string[];
  key: JwtKey;
  issuers: string[];
  audiences: string[];
  /** Claims without which a token is refused. */
  requiredClaims: string[];
  clockToleranceSeconds: number;
  token: { kind: "bearer" } | { kind: "header"; name: string } | { kind: "cookie"; name: string };
  /** Field of the request that goes on → claim. */
  claims: [field: string, claim: string][];
}

export type JwtKey =
  | { kind: "secret"; secret: SecretSource }
  /** PEM (SPKI or a certificate), or a JWK as JSON. */
  | { kind: "public"; publicKey: SecretSource }
  | { kind: "jwks"; url: string };

/** Another server decides: 2xx lets in, 401 and 403 do not. */
export interface RequestAuthSettings {
  kind: "request";
  upstream: string;
  path: string;
  /** Fields of its answer that go on with the request. */
  copy: string[];
  timeoutMs: number;
}

/** What the server bears from slow or verbose clients; absent values are the runtime's. */
export interface ClientSettings {
  /** Until the head of a request must be there. */
  headerTimeoutMs?: number;
  /** Idle connections are closed after this time. */
  keepAliveMs?: number;
  /** Bytes of a request's head. */
  maxHeaderBytes?: number;
  /** Fields of a request. */
  maxHeaderCount?: number;
  /** Bytes per second of a request's body, on average over `bodyWindowMs`; 0: no limit. */
  minBodyBytesPerSecond?: number;
  bodyWindowMs?: number;
}

/** A variable that a guard reads. */
export interface GuardVariable {
  name: string;
  /** It must have as many bytes at least. */
  minBytes: number;
}

/** Every variable that guards read. */
export function listGuardVariables({ auth }: GuardSettings): GuardVariable[] {
  const list = (source: SecretSource, minBytes = 1) =>
    typeof source === "string" ? [] : [{ name: source.env, minBytes }];
  if (!auth || auth.kind === "request") return [];
  if (auth.kind === "basic") return Object.values(auth.users).flatMap((source) => list(source));
  const { key, algorithms } = auth;
  if (key.kind === "public") return list(key.publicKey);
  return key.kind === "secret" ? list(key.secret, minSecretBytes(algorithms)) : [];
}

/** RFC 7518 §3.2: an HMAC's secret is as long as the hash at least. */
export function minSecretBytes(algorithms: readonly string[]): number {
  return Math.max(1, ...algorithms.map((name) => (Number(name.slice(2)) || 0) / 8));
}
