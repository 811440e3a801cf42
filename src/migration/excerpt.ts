// What of a request and its answers may be kept to show a difference? Little, and nothing that gives access.

const MAX_LENGTH = 160;
const HIDDEN = "(not shown)";
/** Names whose values are never kept. */
const SECRET =
  /auth|cookie|credential|csrf|jwt|passw|secret|session|signature|token|xsrf|^(?:api-?key|code|key|nonce|otp|pin|sig)$|[_-](?:key|pin|otp)$/i;

/** A text cut to what fits on a line or two. */
export function excerpt(text: string): string {
  return text.length <= MAX_LENGTH ? text : `${text.slice(0, MAX_LENGTH)}… (${text.length} characters)`;
}

/** A value under a name, unless the name says that it gives access. */
export function excerptOf(name: string, value: string): string {
  return SECRET.test(name) ? HIDDEN : excerpt(value);
}

/** Path and query, without the values of parameters that give access. */
export function describeTarget(url: string): string {
  const start = url.indexOf("/", url.indexOf("://") + 3);
  const target = start < 0 ? "/" : url.slice(start);
  const question = target.indexOf("?");
  if (question < 0) return excerpt(target);
  const pairs = target.slice(question + 1).split("&");
  const shown = pairs.map((pair) => {
    const name = pair.split("=", 1)[0] as string;
    return name.length < pair.length && SECRET.test(name) ? `${name}=${HIDDEN}` : pair;
  });
  return excerpt(`${target.slice(0, question)}?${shown.join("&")}`);
}
