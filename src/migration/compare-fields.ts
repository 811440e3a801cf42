// In which header fields do two answers differ? Fields compare as what they mean: lists without order, locations
// as the URL they lead to, cookies by name and attributes. RFC 9110 §5; RFC 6265 §4.1.

import type { Difference } from "../contract/migration.ts";
import { isHopByHop } from "../http/hop-by-hop.ts";
import { excerpt, excerptOf } from "./excerpt.ts";

/** Of one answer or one server, not of what is answered. */
const NEVER_COMPARED: ReadonlySet<string> = new Set([
  "age",
  "alt-svc",
  "cache-status",
  "content-encoding",
  "content-length",
  "date",
  "etag",
  "server",
  "server-timing",
  "set-cookie",
  "via",
  "x-powered-by",
  "x-request-id",
]);
const LISTS: ReadonlySet<string> = new Set([
  "accept-ranges",
  "access-control-allow-headers",
  "access-control-allow-methods",
  "access-control-expose-headers",
  "allow",
  "cache-control",
  "vary",
]);
const ABSENT = "(absent)";

/** Compares all fields but those to be ignored; `url` is what relative locations refer to. */
export function compareFields(
  expected: Headers,
  actual: Headers,
  { url, ignored }: { url: string; ignored: readonly string[] },
): Difference[] {
  const names = new Set([...expected.keys(), ...actual.keys()]);
  const compared = [...names].filter(
    (name) => !NEVER_COMPARED.has(name) && !isHopByHop(name) && !ignored.includes(name),
  );
  const fields = compared.sort().flatMap((name) => {
    const [left, right] = [expected.get(name), actual.get(name)];
    if (meaningOf(name, left, url) === meaningOf(name, right, url)) return [];
    return { where: `header ${name}`, expected: show(name, left), actual: show(name, right) };
  });
  return ignored.includes("set-cookie") ? fields : [...fields, ...compareCookies(expected, actual)];
}

function show(name: string, value: string | null): string {
  return value === null ? ABSENT : excerptOf(name, value);
}

/** A text that is equal for values that mean the same; an empty list is none. */
function meaningOf(name: string, value: string | null, url: string): string {
  const text = (value ?? "").trim();
  if (name === "content-type")
    return text
      .toLowerCase()
      .replace(/\s*;\s*/g, ";")
      .replaceAll('"', "");
  if (name === "location" || name === "content-location") return resolveLocation(text, url);
  if (!LISTS.has(name)) return text;
  const members = text
    .toLowerCase()
    .split(",")
    .map((member) => member.trim());
  return members
    .filter((member) => member !== "" && !(name === "vary" && member === "accept-encoding"))
    .sort()
    .join(",");
}

function resolveLocation(text: string, url: string): string {
  return text === "" || !URL.canParse(text, url) ? text : new URL(text, url).href;
}

/** Cookies by name. Values are left out: sessions are signed anew with every answer, and they give access. */
function compareCookies(expected: Headers, actual: Headers): Difference[] {
  const [left, right] = [describeCookies(expected), describeCookies(actual)];
  return [...new Set([...left.keys(), ...right.keys()])].sort().flatMap((name) => {
    const [was, is] = [left.get(name) ?? ABSENT, right.get(name) ?? ABSENT];
    return was === is ? [] : { where: `cookie ${name}`, expected: excerpt(was), actual: excerpt(is) };
  });
}

function describeCookies(headers: Headers): Map<string, string> {
  return new Map(
    headers.getSetCookie().map((field) => {
      const [pair = "", ...attributes] = field.split(";").map((part) => part.trim());
      return [pair.split("=", 1)[0] as string, describeAttributes(attributes)];
    }),
  );
}

/** Set or deleted, and the attributes in one order; a point in time only as far as it deletes. */
function describeAttributes(attributes: readonly string[]): string {
  const described = attributes.map((attribute) => {
    const [name = "", value = ""] = attribute.toLowerCase().split("=", 2);
    return { name, value };
  });
  const deletes = described.some(
    ({ name, value }) =>
      (name === "max-age" && Number(value) <= 0) ||
      (name === "expires" && new Date(value).getTime() < Date.UTC(1990, 0)),
  );
  const kept = described
    .filter(({ name }) => name !== "" && name !== "expires" && !(deletes && name === "max-age"))
    .map(({ name, value }) => (value === "" ? name : `${name}=${value}`));
  const lasts = !deletes && described.some(({ name }) => name === "expires") ? ["expires"] : [];
  return [deletes ? "deleted" : "set", ...kept.sort(), ...lasts].join("; ");
}
