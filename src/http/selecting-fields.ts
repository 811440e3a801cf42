// Are two requests the same in the fields that an answer depends on? RFC 9111 §4.1: fields match if they do
// after changes that keep their meaning.

/** Lists whose members are case-insensitive and ordered by weight alone (RFC 9110 §12.5). */
const WEIGHTED: ReadonlySet<string> = new Set(["accept-charset", "accept-encoding", "accept-language"]);

/** Fields that are no lists, where a comma means nothing. */
const VERBATIM: ReadonlySet<string> = new Set(["authorization", "cookie", "user-agent"]);

/** What a request says in the fields `names`, as one text that is equal for requests that match. */
export function formatSelection(headers: Headers, names: readonly string[]): string {
  return names
    .map((name) => {
      const value = headers.get(name);
      return value === null ? `${name}\n` : `${name}:${normalizeField(name, value)}\n`;
    })
    .join("");
}

/** A field value in the form in which equal meanings are equal texts. `name` in lower case. */
export function normalizeField(name: string, value: string): string {
  if (VERBATIM.has(name)) return value;
  const members = splitList(value);
  return (WEIGHTED.has(name) ? sortByWeight(members) : members).join(",");
}

/** Members of a list without the whitespace around them; commas within quotes separate nothing. */
function splitList(value: string): string[] {
  const members = value.match(/(?:"(?:[^"\\]|\\.)*"?|[^,"])+/g) ?? [];
  return members.map((member) => member.trim()).filter((member) => member !== "");
}

function sortByWeight(members: readonly string[]): string[] {
  return members
    .map((member) => {
      const [range = "", ...parameters] = member.toLowerCase().split(/\s*;\s*/);
      const weight = parameters.find((parameter) => /^q=/.test(parameter))?.slice(2);
      return { range, weight: weight === undefined ? 1 : Number(weight) || 0 };
    })
    .toSorted((a, b) => b.weight - a.weight || (a.range < b.range ? -1 : a.range > b.range ? 1 : 0))
    .map(({ range, weight }) => (weight === 1 ? range : `${range};q=${weight}`));
}
