// Does a request ask for a page, or for a part of one? RFC 9110 §12.5.1, Fetch Metadata.

const HTML_TYPES: ReadonlySet<string> = new Set(["text/html", "application/xhtml+xml"]);

/** Fields of a request that the answer depends on, for Vary. */
export const NAVIGATION_FIELDS: readonly string[] = ["Accept", "Sec-Fetch-Mode"];

/**
 * Whether somebody goes to a page: a browser says so, or names HTML among what it accepts. A bare star is
 * what scripts and images send too, so it does not count.
 */
export function isNavigation(request: Request): boolean {
  if (request.headers.get("sec-fetch-mode") === "navigate") return true;
  return (request.headers.get("accept") ?? "").split(",").some(isWantedHtml);
}

function isWantedHtml(range: string): boolean {
  const [type = "", ...parameters] = range.split(";").map((part) => part.trim().toLowerCase());
  return HTML_TYPES.has(type) && !parameters.some((parameter) => /^q\s*=\s*0(?:\.0*)?$/.test(parameter));
}
