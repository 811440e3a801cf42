// Amounts with units, as people write them: 60s, 512M, 4.

const DURATION_UNITS: Record<string, number> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const SIZE_UNITS: Record<string, number> = { "": 1, k: 1_024, m: 1_024 ** 2, g: 1_024 ** 3 };

/** Milliseconds of `500ms`, `60s`, `5m`, `1h`, `7d`; a number alone counts seconds, as in uWSGI. */
export function parseDuration(text: string): number | undefined {
  const [, digits, unit = "s"] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)?$/.exec(text) ?? [];
  return digits === undefined ? undefined : Math.round(Number(digits) * (DURATION_UNITS[unit] as number));
}

/** Bytes of `256M`, `1G`, `65536`. */
export function parseSize(text: string): number | undefined {
  const [, digits, unit = ""] = /^(\d+(?:\.\d+)?)([kmg]?)(?:i?b)?$/i.exec(text) ?? [];
  return digits === undefined
    ? undefined
    : Math.round(Number(digits) * (SIZE_UNITS[unit.toLowerCase()] as number));
}

/** `90` or `90%` of one processor, over 30 seconds or, with `90/60s`, another time. */
export function parseCpuLimit(text: string): { share: number; windowMs: number | undefined } | undefined {
  const [, percent, duration] = /^(\d{1,4})%?(?:\/(.+))?$/.exec(text) ?? [];
  const windowMs = duration === undefined ? undefined : parseDuration(duration);
  const isWindow = duration === undefined || (windowMs !== undefined && windowMs >= 1_000);
  return percent === undefined || Number(percent) === 0 || !isWindow
    ? undefined
    : { share: Number(percent) / 100, windowMs };
}

/** Permissions as `660`. */
export function parseMode(text: string): number | undefined {
  return /^0?[0-7]{3}$/.test(text) ? Number.parseInt(text, 8) : undefined;
}

/** A whole number. */
export function parseCount(text: string): number | undefined {
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

/** `60s` for all paths, or `/reports/*=5m` for some. */
export function parseDeadline(text: string): { pattern: string | undefined; limitMs: number } | undefined {
  const equals = text.lastIndexOf("=");
  const limitMs = parseDuration(text.slice(equals + 1));
  const pattern = equals < 0 ? undefined : text.slice(0, equals);
  if (limitMs === undefined || limitMs === 0 || (pattern !== undefined && !pattern.startsWith("/")))
    return undefined;
  return { pattern, limitMs };
}

/** `99.9`, with or without a sign. */
export function parsePercent(text: string): number | undefined {
  const [, digits] = /^(\d{1,3}(?:\.\d+)?)\s*%?$/.exec(text) ?? [];
  return digits === undefined || Number(digits) > 100 ? undefined : Number(digits);
}
