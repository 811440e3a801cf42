// Which fields may an answer be sent with? Those of the connection belong to the server (RFC 9110 §7.6.1), and no
// value holds a control character but the tab (RFC 9110 §5.5).

const CONNECTION_FIELDS: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** Headers objects refuse three of them only: CR, LF and NUL. Characters beyond bytes are UTF-8, which workerd decodes. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const CONTROL = /[\x00-\x08\x0a-\x1f\x7f]/;

/** Whether a field, by its lower-case name, describes the connection or the framing. */
export function isConnectionField(name: string): boolean {
  return CONNECTION_FIELDS.has(name);
}

/** Whether a value can be sent as it is. */
export function isFieldValue(value: string): boolean {
  return !CONTROL.test(value);
}
