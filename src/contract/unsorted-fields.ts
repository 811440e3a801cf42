// All fields of a request for whoever writes them down again: iterating over a Headers object sorts them, each time.

/** How the fields of a request of our servers are listed in no order. */
export const UNSORTED_FIELDS = Symbol("unsorted fields");

/** Name (in lower case) and value of each field, as iterating gives them but for the order. */
export function unsortedFieldsOf(
  headers: Headers & { [UNSORTED_FIELDS]?: () => Iterable<[string, string]> },
): Iterable<[string, string]> {
  return headers[UNSORTED_FIELDS]?.() ?? headers;
}
