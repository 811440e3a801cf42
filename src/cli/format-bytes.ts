// Sizes as people read them.

const UNITS = ["bytes", "KB", "MB", "GB", "TB"] as const;

/** `0 bytes` to `999 TB`: decimal units, with one digit after the point below ten. */
export function formatBytes(bytes: number): string {
  if (bytes === 1) return "1 byte";
  let amount = bytes;
  let unit = 0;
  while (amount >= 1000 && unit < UNITS.length - 1) {
    amount /= 1000;
    unit++;
  }
  const digits = unit === 0 || amount >= 10 ? 0 : 1;
  return `${amount.toFixed(digits)} ${UNITS[unit]}`;
}
