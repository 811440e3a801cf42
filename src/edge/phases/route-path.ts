// The path of a request as routes compare it, and whether a server behind it could read its way out of a prefix.
// RFC 3986 §6.2.2: escapes of unreserved characters mean the characters, hexadecimal digits have no case.

const UNRESERVED = /^[A-Za-z0-9._~-]$/;
/** How often a careless chain of servers may decode. */
const MAX_DECODINGS = 5;

/** `/%61%2fb` as `/a%2Fb`; text beyond ASCII as the escapes of its UTF-8. */
export function canonicalPath(pathname: string): string {
  const ascii = /[^\x21-\x7e]/.test(pathname) ? encodeBeyondAscii(pathname) : pathname;
  if (!ascii.includes("%")) return ascii;
  return ascii.replace(/%([0-9a-f]{2})/gi, (found, hex: string) => {
    const character = String.fromCharCode(Number.parseInt(hex, 16));
    return UNRESERVED.test(character) ? character : found.toUpperCase();
  });
}

/**
 * Whether some reading of the path, decoded once or several times, with backslashes for slashes or parameters
 * after semicolons, has dot segments, or whether it has an escape that decodes to nothing sensible. No address
 * that a server gives out looks like that.
 */
export function mayLeavePrefix(pathname: string): boolean {
  if (/%(?![0-9a-f]{2})|%00/i.test(pathname)) return true;
  let text = pathname;
  for (let turn = 0; turn <= MAX_DECODINGS; turn += 1) {
    if (hasDotSegment(text)) return true;
    const decoded = decodeBytes(text);
    if (decoded === text) return false;
    text = decoded;
  }
  return true;
}

function hasDotSegment(path: string): boolean {
  return path.split(/[/\\]/).some((segment) => /^\.\.?(?:;.*)?$/s.test(segment));
}

function decodeBytes(text: string): string {
  return text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

function encodeBeyondAscii(text: string): string {
  return text.replace(/[^\x21-\x7e]+/g, (run) => encodeURIComponent(run));
}
