// Reads how signed tokens are checked. Algorithms and key must be of one kind, or the token could choose.

import { createPublicKey, type KeyObject, X509Certificate } from "node:crypto";
import { JWT_ALGORITHMS, type JwtAuthSettings, type JwtKey, minSecretBytes } from "../contract/guards.ts";
import { FIELD_NAME } from "./causeway-config-edits.ts";
import { readField, readRealm, readSecretSource } from "./causeway-config-secret.ts";
import { type ConfigPath, type ConfigReader, formatPath, isTable } from "./causeway-config-values.ts";

const KEYS = ["secret", "publicKey", "jwks"] as const;
const JWT_KEYS = [
  ...["algorithms", ...KEYS, "issuer", "audience", "requiredClaims", "clockTolerance"],
  ...["token", "claims", "realm"],
];

/** Reads `auth.jwt`; undefined without a key. */
export function readJwt(reader: ConfigReader, value: unknown, path: ConfigPath): JwtAuthSettings | undefined {
  const table = reader.table(value, path, JWT_KEYS);
  if (table === undefined) return undefined;
  const algorithms = readAlgorithms(reader, table.algorithms, [...path, "algorithms"]);
  const key = readKey(reader, table, path, algorithms);
  const texts = (name: string) => readTexts(reader, table[name], [...path, name]);
  const toleranceMs = reader.duration(table.clockTolerance, [...path, "clockTolerance"]) ?? 0;
  if (key === undefined) return undefined;
  return {
    kind: "jwt",
    realm: readRealm(reader, table.realm, path),
    algorithms,
    key,
    issuers: texts("issuer"),
    audiences: texts("audience"),
    requiredClaims: table.requiredClaims === undefined ? ["exp"] : texts("requiredClaims"),
    clockToleranceSeconds: Math.round(toleranceMs / 1_000),
    token: readTokenPlace(reader, table.token, [...path, "token"]),
    claims: readClaims(reader, table.claims, [...path, "claims"]),
  };
}

function readTexts(reader: ConfigReader, value: unknown, path: ConfigPath): string[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) return [reader.text(value, path) ?? ""];
  return value.map((text, index) => reader.text(text, [...path, index]) ?? "");
}

function readAlgorithms(reader: ConfigReader, value: unknown, path: ConfigPath): string[] {
  const known: readonly string[] = JWT_ALGORITHMS;
  const list = value === undefined ? [] : reader.list(value, path);
  const remedy = `Name those that the issuer uses, of ${known.join(", ")}.`;
  if (list.length === 0 && (value === undefined || Array.isArray(value))) {
    reader.note(path, `${formatPath(path)} must say how tokens are signed`, remedy);
  }
  return list.map((name, index) => {
    if (typeof name === "string" && known.includes(name)) return name;
    reader.note(
      [...path, index],
      `${formatPath([...path, index])} is no algorithm that is safe or known`,
      remedy,
    );
    return "";
  });
}

function readKey(
  reader: ConfigReader,
  table: Record<string, unknown>,
  path: ConfigPath,
  algorithms: readonly string[],
): JwtKey | undefined {
  const [kind, ...others] = KEYS.filter((key) => table[key] !== undefined);
  if (kind === undefined || others.length > 0) {
    const remedy = 'Write secret: { env: "JWT_SECRET" } for HS256, publicKey or jwks for all others.';
    return reader.note(path, `${formatPath(path)} must have exactly one of ${KEYS.join(", ")}`, remedy);
  }
  const at = [...path, kind];
  checkKind(reader, at, kind === "secret", algorithms);
  if (kind === "jwks") return readKeySet(reader, table.jwks, at);
  const source = readSecretSource(reader, table[kind], at);
  if (source === undefined) return undefined;
  if (kind === "secret") {
    if (typeof source === "string") checkSecretLength(reader, source, at, algorithms);
    return { kind: "secret", secret: source };
  }
  if (typeof source === "string") checkPublicKey(reader, source, at, algorithms);
  return { kind: "public", publicKey: source };
}

/** A public key must never be what an HMAC is made with: anybody has it. */
function checkKind(
  reader: ConfigReader,
  path: ConfigPath,
  isSecret: boolean,
  algorithms: readonly string[],
): void {
  const other = algorithms.find((name) => name !== "" && name.startsWith("HS") !== isSecret);
  if (other === undefined) return;
  const remedy = isSecret
    ? `Remove "${other}", or give publicKey or jwks.`
    : `Remove "${other}", or give secret.`;
  reader.note(path, `${formatPath(path)} is no key for "${other}"`, remedy);
}

function checkSecretLength(
  reader: ConfigReader,
  secret: string,
  path: ConfigPath,
  algorithms: readonly string[],
): void {
  const bytes = minSecretBytes(algorithms);
  if (Buffer.byteLength(secret) >= bytes) return;
  reader.note(
    path,
    `${formatPath(path)} is shorter than ${bytes} bytes, so that it could be guessed`,
    "Make one with: openssl rand -base64 48",
  );
}

function checkPublicKey(
  reader: ConfigReader,
  text: string,
  path: ConfigPath,
  algorithms: readonly string[],
): void {
  const key = parsePublicKey(text);
  if (key === undefined) {
    reader.note(
      path,
      `${formatPath(path)} is no public key`,
      'Give it in PEM ("-----BEGIN PUBLIC KEY-----") or as a JWK.',
    );
    return;
  }
  const unfit = algorithms.find((name) => name !== "" && !name.startsWith("HS") && !fits(key, name));
  if (unfit !== undefined) {
    reader.note(
      path,
      `${formatPath(path)} is a key of type ${key.asymmetricKeyType}, not for "${unfit}"`,
      `Remove "${unfit}", or give the key of the issuer.`,
    );
  }
}

function parsePublicKey(text: string): KeyObject | undefined {
  try {
    if (text.includes("PRIVATE KEY")) return undefined;
    if (text.trimStart().startsWith("{")) return createPublicKey({ key: JSON.parse(text), format: "jwk" });
    if (text.includes("BEGIN CERTIFICATE")) return new X509Certificate(text).publicKey;
    return text.includes("BEGIN PUBLIC KEY") ? createPublicKey(text) : undefined;
  } catch {
    // It is none.
    return undefined;
  }
}

const CURVES: Readonly<Record<string, string>> = {
  ES256: "prime256v1",
  ES384: "secp384r1",
  ES512: "secp521r1",
};

function fits(
  { asymmetricKeyType: type, asymmetricKeyDetails: details }: KeyObject,
  algorithm: string,
): boolean {
  if (/^[RP]S/.test(algorithm)) return type === "rsa";
  if (algorithm.startsWith("ES")) return type === "ec" && details?.namedCurve === CURVES[algorithm];
  return type === "ed25519";
}

function readKeySet(reader: ConfigReader, value: unknown, path: ConfigPath): JwtKey | undefined {
  const text = reader.text(value, path);
  const url = text !== undefined && URL.canParse(text) ? new URL(text) : undefined;
  const isLocal = url !== undefined && /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(url.hostname);
  if (url !== undefined && (url.protocol === "https:" || (url.protocol === "http:" && isLocal))) {
    return { kind: "jwks", url: url.href };
  }
  return reader.note(
    path,
    `${formatPath(path)} must be an https URL: whoever changes the keys on the way makes tokens`,
    'Write for example "https://issuer.example.com/.well-known/jwks.json".',
  );
}

function readTokenPlace(reader: ConfigReader, value: unknown, path: ConfigPath): JwtAuthSettings["token"] {
  if (value === undefined) return { kind: "bearer" };
  const [kind, ...rest] = isTable(value) ? Object.keys(value) : [];
  const name = isTable(value) && rest.length === 0 ? value[kind ?? ""] : undefined;
  if ((kind === "header" || kind === "cookie") && typeof name === "string" && FIELD_NAME.test(name)) {
    return { kind, name: kind === "header" ? name.toLowerCase() : name };
  }
  reader.note(path, `${formatPath(path)} names no place`, 'Write { header: "…" } or { cookie: "…" }.');
  return { kind: "bearer" };
}

function readClaims(reader: ConfigReader, value: unknown, path: ConfigPath): [string, string][] {
  return Object.entries(reader.record(value, path)).map(([name, claim]) => [
    readField(reader, name, [...path, name]),
    reader.text(claim, [...path, name]) ?? "",
  ]);
}
