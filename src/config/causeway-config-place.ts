// Where in causeway.config.ts does a setting stand? Follows the object and array literals of the default export;
// what is computed or comes from elsewhere is reported at the nearest literal around it.

import type { ConfigPath } from "./causeway-config-values.ts";
import { placeAtOffset, type SourcePlace } from "./source-place.ts";

/** The place of a setting, or of what surrounds it. */
export function locateSetting(text: string, path: ConfigPath): SourcePlace {
  const start = findConfiguration(text);
  if (start === undefined) return {};
  let offset = start;
  for (const key of path) {
    const next = findMember(text, skipSpace(text, valueStart(text, offset)), key);
    if (next === undefined) break;
    offset = next;
  }
  return placeAtOffset(text, offset);
}

/** The literal after `export default`, inside `defineConfig(…)` or behind a name. */
function findConfiguration(text: string): number | undefined {
  const exported = /export\s+default\s+/.exec(text);
  if (exported === null) return undefined;
  const after = exported.index + exported[0].length;
  const call = /^(?:[\w.]+\s*\(\s*)?/.exec(text.slice(after))?.[0].length ?? 0;
  if (/[{[]/.test(text.charAt(after + call))) return after + call;
  const name = /^[A-Za-z_$][\w$]*/.exec(text.slice(after + call))?.[0];
  const declared =
    name && new RegExp(`\\b(?:const|let|var)\\s+${name.replace(/\$/g, "\\$&")}\\b[^=]*=\\s*`).exec(text);
  if (!declared) return after;
  const at = declared.index + declared[0].length;
  return at + (/^[\w.]+\s*\(\s*/.exec(text.slice(at))?.[0].length ?? 0);
}

/** From a key to its value; a literal is its own. */
function valueStart(text: string, offset: number): number {
  if (/[{[]/.test(text.charAt(offset))) return offset;
  const colon = endOfToken(text, offset);
  const after = skipSpace(text, colon);
  return text.charAt(after) === ":" ? after + 1 : offset;
}

/** The offset of a key in an object literal, or of an element in an array literal. */
function findMember(text: string, open: number, key: string | number): number | undefined {
  const isArray = text.charAt(open) === "[";
  if (!isArray && text.charAt(open) !== "{") return undefined;
  let offset = skipSpace(text, open + 1);
  for (let index = 0; offset < text.length && !/[}\]]/.test(text.charAt(offset)); index += 1) {
    if (isArray ? index === key : readKey(text, offset) === String(key)) return offset;
    offset = skipMember(text, offset);
  }
  return undefined;
}

function readKey(text: string, offset: number): string {
  const token = text.slice(offset, endOfToken(text, offset));
  return /^["'`]/.test(token) ? token.slice(1, -1) : token;
}

/** Past a member and its comma, whatever literals, calls and texts it is made of. */
function skipMember(text: string, from: number): number {
  let depth = 0;
  let offset = from;
  while (offset < text.length) {
    const character = text.charAt(offset);
    if (depth === 0 && /[}\]]/.test(character)) return offset;
    if (depth === 0 && character === ",") return skipSpace(text, offset + 1);
    if (/[{[(]/.test(character)) depth += 1;
    if (/[}\])]/.test(character)) depth -= 1;
    offset = skipSpace(text, endOfToken(text, offset));
  }
  return offset;
}

/** The end of a text, a word, or any other single character. */
function endOfToken(text: string, offset: number): number {
  const rest = text.slice(offset);
  const token = /^(?:"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`|[\w$]+)/s.exec(rest);
  return offset + (token?.[0].length ?? 1);
}

/** Past spaces and comments. */
function skipSpace(text: string, offset: number): number {
  const space = /^(?:\s+|\/\/[^\n]*|\/\*.*?\*\/)+/s.exec(text.slice(offset));
  return offset + (space?.[0].length ?? 0);
}
