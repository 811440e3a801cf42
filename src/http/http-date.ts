// When does an HTTP-date say? All three formats of RFC 9110 §5.6.7, written as IMF-fixdate.

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const MONTH = `(${MONTHS.join("|")})`;
const TIME = "([01]\\d|2[0-3]):([0-5]\\d):([0-5]\\d|60)";
const IMF_FIXDATE = new RegExp(`^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), (\\d\\d) ${MONTH} (\\d{4}) ${TIME} GMT$`);
const RFC_850 = new RegExp(
  `^(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, (\\d\\d)-${MONTH}-(\\d\\d) ${TIME} GMT$`,
);
const ASCTIME = new RegExp(`^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) ${MONTH} (\\d\\d| \\d) ${TIME} (\\d{4})$`);

/** Milliseconds since the epoch, or undefined if the text is no HTTP-date. `nowMs` settles two-digit years. */
export function parseHttpDate(text: string, nowMs: number = Date.now()): number | undefined {
  const imf = IMF_FIXDATE.exec(text);
  if (imf) return toEpochMs(Number(imf[3]), imf[2], imf[1], imf[4], imf[5], imf[6]);
  const asctime = ASCTIME.exec(text);
  if (asctime)
    return toEpochMs(Number(asctime[6]), asctime[1], asctime[2], asctime[3], asctime[4], asctime[5]);
  const rfc850 = RFC_850.exec(text);
  if (!rfc850) return undefined;
  return toEpochMs(
    centuryOf(Number(rfc850[3]), nowMs),
    rfc850[2],
    rfc850[1],
    rfc850[4],
    rfc850[5],
    rfc850[6],
  );
}

/** Writes the preferred format; fractions of a second are cut off. */
export function formatHttpDate(epochMs: number): string {
  return new Date(epochMs).toUTCString();
}

/** A two-digit year that looks more than 50 years ahead means the past one with the same digits. */
function centuryOf(twoDigits: number, nowMs: number): number {
  const thisYear = new Date(nowMs).getUTCFullYear();
  const year = thisYear - (thisYear % 100) + twoDigits;
  return year > thisYear + 50 ? year - 100 : year;
}

function toEpochMs(
  year: number,
  month: string | undefined,
  day: string | undefined,
  ...[hours, minutes, seconds]: (string | undefined)[]
): number | undefined {
  const monthIndex = MONTHS.indexOf(month ?? "");
  const date = new Date(0);
  date.setUTCFullYear(year, monthIndex, Number(day));
  // A day that the month does not have would silently become one of the next month.
  if (date.getUTCMonth() !== monthIndex) return undefined;
  return date.setUTCHours(Number(hours), Number(minutes), Number(seconds));
}
