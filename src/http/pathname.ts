// Where the path of a normalised URL begins and ends (WHATWG URL), without parsing it again.

/** The phases of a request ask for the same one in turn. */
let lastUrl = "";
let lastPathname = "";

/** Whoever makes a URL knows its pathname: nobody has to look for it in the text. */
export function notePathname(url: string, pathname: string): void {
  lastUrl = url;
  lastPathname = pathname;
}

/** The pathname of a URL that a parser has already normalised, without parsing it again. */
export function pathnameOf(url: string): string {
  if (url !== lastUrl) {
    lastPathname = readPathname(url);
    lastUrl = url;
  }
  return lastPathname;
}

function readPathname(url: string): string {
  const start = url.indexOf("/", url.indexOf("://") + 3);
  if (start === -1) return "/";
  const query = url.indexOf("?", start);
  const fragment = url.indexOf("#", start);
  const end = Math.min(query === -1 ? url.length : query, fragment === -1 ? url.length : fragment);
  return url.slice(start, end);
}
