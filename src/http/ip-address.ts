// Is an address inside a range? Compared as 128-bit numbers, never as text: one address has many spellings.
// RFC 4291 §2.2 for IPv6, RFC 4632 for prefixes; IPv4 counts as IPv4-mapped IPv6 (RFC 4291 §2.5.5.2).

/** A block of addresses. */
export interface AddressRange {
  first: bigint;
  last: bigint;
}

const MAPPED_PREFIX = 0xffffn << 32n;
const ADDRESS_BITS = 128;
const V4_OFFSET = 96;

/** Reads an IPv4 or IPv6 address, also in brackets, also with a zone; undefined for anything else. */
export function parseIpAddress(text: string): bigint | undefined {
  const bare = text.startsWith("[") && text.endsWith("]") ? text.slice(1, -1) : text;
  const zone = bare.indexOf("%");
  const address = zone < 0 ? bare : bare.slice(0, zone);
  return address.includes(":") ? parseV6(address) : mapV4(parseV4(address));
}

/** Reads `192.0.2.0/24`, `2001:db8::/32`, or a single address as a range of one. */
export function parseAddressRange(text: string): AddressRange | undefined {
  const [address = "", length, ...rest] = text.split("/");
  const base = parseIpAddress(address);
  if (base === undefined || rest.length > 0) return undefined;
  const offset = address.includes(":") ? 0 : V4_OFFSET;
  if (length !== undefined && !/^\d{1,3}$/.test(length)) return undefined;
  const prefix = length === undefined ? ADDRESS_BITS : Number(length) + offset;
  if (prefix > ADDRESS_BITS) return undefined;
  const size = 1n << BigInt(ADDRESS_BITS - prefix);
  const first = base - (base % size);
  return { first, last: first + size - 1n };
}

/** Whether an address lies in one of the ranges. */
export function isInRanges(address: bigint, ranges: readonly AddressRange[]): boolean {
  return ranges.some(({ first, last }) => first <= address && address <= last);
}

/**
 * What counts as one client: an IPv4 address, or the /64 of an IPv6 address, of which a subscriber has at least
 * one whole (RFC 6177). Undefined for what is no address.
 */
export function clientNetwork(text: string): string | undefined {
  const address = parseIpAddress(text);
  if (address === undefined) return undefined;
  const isV4 = address >> 32n === MAPPED_PREFIX >> 32n;
  return isV4 ? (address & 0xffffffffn).toString(16) : `${(address >> 64n).toString(16)}::`;
}

function mapV4(value: bigint | undefined): bigint | undefined {
  return value === undefined ? undefined : MAPPED_PREFIX | value;
}

/** Four decimal numbers without leading zeros, which some readers take for octal. */
function parseV4(text: string): bigint | undefined {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part))) return undefined;
  const numbers = parts.map(Number);
  if (numbers.some((number) => number > 255)) return undefined;
  return numbers.reduce((value, number) => (value << 8n) | BigInt(number), 0n);
}

function parseV6(text: string): bigint | undefined {
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const groups = halves.map((half) => (half === "" ? [] : parseGroups(half.split(":"))));
  const [head, tail] = groups;
  if (head === undefined || (halves.length === 2 && tail === undefined)) return undefined;
  const missing = 8 - head.length - (tail?.length ?? 0);
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  const all = [...head, ...new Array<bigint>(missing).fill(0n), ...(tail ?? [])];
  return all.reduce((value, group) => (value << 16n) | group, 0n);
}

/** The last group may be an IPv4 address, which is two groups. */
function parseGroups(texts: readonly string[]): bigint[] | undefined {
  const groups: bigint[] = [];
  for (const [index, text] of texts.entries()) {
    const v4 = index === texts.length - 1 && text.includes(".") ? parseV4(text) : undefined;
    if (v4 !== undefined) groups.push(v4 >> 16n, v4 & 0xffffn);
    else if (/^[0-9a-f]{1,4}$/i.test(text)) groups.push(BigInt(`0x${text}`));
    else return undefined;
  }
  return groups;
}
