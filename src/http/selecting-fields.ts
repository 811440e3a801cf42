// Are two requests the same in the fields that an answer depends on? RFC 9111 §4.1: fields match if they do
// after changes that keep their meaning.

/** Lists whose members are case-insensitive and ordered by weight alone (RFC 9110 §12.5). */
const WEIGHTED: ReadonlySet<string> = new Set(["accept-charset", "accept-encoding", "accept-language"]);

const WEIGHTED_MEMBER = /^([a-z0-9*._-]+)(?:[ \t]*;[ \t]*q=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?))?$/;

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

/** Members that are not as the grammar wants them stay as they are, and all others with them. */
function sortByWeight(members: readonly string[]): readonly string[] {
  const weighted = members.map((member) => WEIGHTED_MEMBER.exec(member.toLowerCase()));
  if (!weighted.every((match) => match !== null)) return members;
  return weighted
    .map(([, range, weight]) => ({ range: range as string, weight: Number(weight ?? 1) }))
    .toSorted((a, b) => b.weight - a.weight || (a.range < b.range ? -1 : a.range > b.range ? 1 : 0))
    .map(({ range, weight }) => (weight === 1 ? range : `${range};q=${weight}`));
}
