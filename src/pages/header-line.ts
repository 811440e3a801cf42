// What does one line of `_headers` below a path say: set a header, take one away, or nothing?

import { isHopByHop } from "../http/hop-by-hop.ts";
import type { LineFault } from "./rule-lines.ts";

/** `Name: value` or `! Name`; names in lower case. */
export type HeaderLine = { kind: "set"; name: string; value: string } | { kind: "detach"; name: string };

const RULE_START = /^(?:\/|[a-z][a-z0-9+.-]*:\/\/)/i;
const FIELD_NAME = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: RFC 9110 §5.5 forbids exactly these in values
const FORBIDDEN_IN_VALUE = /[\x00-\x08\x0a-\x1f\x7f]/;
/** Framing is the server's business; a wrong length would tear the connection apart. */
const OWNED_BY_SERVER: ReadonlySet<string> = new Set(["content-length", "content-range"]);

/** Whether a line begins a rule; indentation has no meaning, so only its text can tell. */
export function isRuleStart(text: string): boolean {
  return RULE_START.test(text);
}

/** Reads a trimmed line. */
export function parseHeaderLine(text: string): HeaderLine | { fault: LineFault } {
  const colon = text.indexOf(":");
  if (colon === -1) return parseDetachment(text);
  const name = text.slice(0, colon).trim().toLowerCase();
  const value = text.slice(colon + 1).trim();
  const fault = checkName(name) ?? checkValue(name, value);
  return fault === undefined ? { kind: "set", name, value } : { fault };
}

function parseDetachment(text: string): HeaderLine | { fault: LineFault } {
  if (!/^!\s/.test(text)) return { fault: text.startsWith("!") ? NO_SPACE : NO_COLON };
  const name = text.slice(1).trim().toLowerCase();
  const fault = checkName(name);
  return fault === undefined ? { kind: "detach", name } : { fault };
}

function checkName(name: string): LineFault | undefined {
  if (!FIELD_NAME.test(name)) {
    return {
      code: "header-line-name",
      message:
        name === ""
          ? "The line is ignored: it has no header name"
          : `The line is ignored: "${name}" cannot be a header name`,
      remedy: "A name has letters, digits and hyphens, and ends at the first colon.",
    };
  }
  if (!isHopByHop(name) && !OWNED_BY_SERVER.has(name)) return undefined;
  return {
    code: "header-line-reserved",
    message: `The line is ignored: the server itself sets "${name}"`,
    remedy: "Remove the line.",
  };
}

function checkValue(name: string, value: string): LineFault | undefined {
  if (value !== "" && !FORBIDDEN_IN_VALUE.test(value)) return undefined;
  return {
    code: "header-line-value",
    message:
      value === ""
        ? `The line is ignored: "${name}" has no value`
        : "The line is ignored: the value has a control character",
    remedy:
      value === ""
        ? `Write a value after the colon, or \`! ${name}\` to take the header away.`
        : "Remove the control character.",
  };
}

const NO_COLON: LineFault = {
  code: "header-line-syntax",
  message: "The line is ignored: it is neither `Name: value` nor `! Name`",
  remedy: "Put a colon between name and value.",
};

const NO_SPACE: LineFault = {
  code: "header-line-syntax",
  message: "The line is ignored: `!` must be followed by a space",
  remedy: "Write `! Name`.",
};
