// Which origins does a text name, and is a request's Origin one of them? RFC 6454 §7, Fetch §3.2.5.

export type OriginPattern = (origin: string) => boolean;

const ORIGIN = /^[a-z][a-z0-9+.-]*:\/\/(?:\[[0-9a-f:.]+\]|[a-z0-9_.-]+)(?::\d{1,5})?$/;
const PATTERN = /^([a-z][a-z0-9+.-]*:\/\/)\*(\.[a-z0-9_.-]+(?::\d{1,5})?)$/;
const DEFAULT_PORTS: Readonly<Record<string, string>> = { "http:": "80", "https:": "443" };

/** Compiles `https://app.example.com` or `https://*.example.com`; undefined for anything else. */
export function parseOriginPattern(text: string): OriginPattern | undefined {
  const wanted = text.toLowerCase();
  const match = PATTERN.exec(wanted);
  if (match !== null) {
    const [, scheme = "", suffix = ""] = match;
    return (origin) =>
      origin.startsWith(scheme) &&
      origin.endsWith(suffix) &&
      ORIGIN.test(origin) &&
      origin.length > scheme.length + suffix.length;
  }
  return ORIGIN.test(wanted) ? (origin) => origin === wanted : undefined;
}

/** Whether an Origin is that of a host, whatever the scheme: proxies in front may have taken TLS off. */
export function isOriginOfHost(origin: string, host: string): boolean {
  if (!ORIGIN.test(origin)) return false;
  const separator = origin.indexOf("://");
  const scheme = origin.slice(0, separator + 1);
  const port = DEFAULT_PORTS[scheme];
  const strip = (authority: string) =>
    port !== undefined && authority.endsWith(`:${port}`) ? authority.slice(0, -port.length - 1) : authority;
  return strip(origin.slice(separator + 3)) === strip(host.toLowerCase());
}
