// Which requests does a rule of _headers or _redirects name, and where does a redirect lead?
// Pages docs: a path, or `https://` with a host and no port. Both may hold `*` and `:name`.

/** A rule's place: a path in the spelling that URLs have, on one host or on every host. */
export interface RuleAddress {
  /** `https://host`, its literal letters in lower case. */
  host: string | undefined;
  path: string;
}

/** How much of a path counts: sources are compared without query and fragment, targets keep them. */
export type AddressKind = "source" | "target";

const SCHEME = /^[a-z][a-z0-9+.-]*:\/\//i;
const ABSOLUTE = /^https:\/\/+([^/?#\s]+)((?:[/?#].*)?)$/;

/** Whether text begins with a scheme, be it a supported one or not. */
export function isAbsoluteAddress(text: string): boolean {
  return SCHEME.test(text);
}

/** Reads `/path` or `https://host/path`; undefined for anything else. */
export function parseRuleAddress(text: string, kind: AddressKind): RuleAddress | undefined {
  if (text.startsWith("/")) return { host: undefined, path: normaliseRulePath(text, kind) };
  const [, host, rest = ""] = ABSOLUTE.exec(text) ?? [];
  if (host === undefined) return undefined;
  const path = normaliseRulePath(rest.startsWith("/") ? rest : `/${rest}`, kind);
  return { host: `https://${lowerCaseLiterals(host)}`, path };
}

/** A rule's address as one text. */
export function formatRuleAddress({ host, path }: RuleAddress): string {
  return `${host ?? ""}${path}`;
}

/** Percent-encodes and resolves dots as a URL parser does. No special scheme: `\` must stay what it is. */
function normaliseRulePath(path: string, kind: AddressKind): string {
  const url = new URL(`rule://host${path}`);
  return kind === "source" ? url.pathname : `${url.pathname}${url.search}${url.hash}`;
}

/** Host names of requests come in lower case; names of placeholders keep theirs. */
function lowerCaseLiterals(host: string): string {
  return host.replace(/:[A-Za-z]\w*|[^:]+|:/g, (part) =>
    /^:[A-Za-z]/.test(part) ? part : part.toLowerCase(),
  );
}
