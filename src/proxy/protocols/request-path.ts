// The path of a request target as an application behind CGI variables reads it: decoded once, runs of slashes one.

/** A target in its parts; characters of `path` are bytes, as CGI variables carry them. */
export interface TargetParts {
  path: string;
  /** Without the `?`. */
  query: string;
}

/** Splits and decodes `/a%20b?c`. */
export function splitTarget(target: string): TargetParts {
  const mark = target.indexOf("?");
  const pathname = mark < 0 ? target : target.slice(0, mark);
  const path = decodeBytes(pathname).replace(/\/{2,}/g, "/");
  return { path, query: mark < 0 ? "" : target.slice(mark + 1) };
}

/** Percent-decoding byte by byte; what is no escape stays. Text beyond Latin-1 becomes its UTF-8 bytes. */
function decodeBytes(pathname: string): string {
  const ascii = /[^\0-\x7f]/.test(pathname) ? encodeURI(pathname).replaceAll("%25", "%") : pathname;
  if (!ascii.includes("%")) return ascii;
  return ascii.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}
