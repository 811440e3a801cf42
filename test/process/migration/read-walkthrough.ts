// Reads docs/from-flask.md as the instructions that it is: files to write, commands to run, what they print.

/** A fenced block of a section, in its order. */
export type Instruction =
  | { kind: "file"; path: string; text: string }
  | { kind: "commands"; lines: string[] }
  /** What the last command before it prints. */
  | { kind: "output"; text: string };

export interface Section {
  title: string;
  instructions: Instruction[];
}

const FENCE = /^```(\w*)\n(.*?)^```$/gms;
/** The comment in the first line that names a file, in whatever language. */
const FILE_NAME = /^(?:#|\/\/|;|\/\*|\{#) (\S+\.\S+|\S+\/\S+)(?: \*\/| #\})?\n/;

/** The sections with a number, each with its blocks. */
export function readWalkthrough(page: string): Section[] {
  const parts = page.split(/^## /m).filter((part) => /^\d+\. /.test(part));
  return parts.map((part) => ({
    title: part.split("\n", 1)[0] as string,
    instructions: [...part.matchAll(FENCE)].map(([, language = "", text = ""]) => readBlock(language, text)),
  }));
}

function readBlock(language: string, text: string): Instruction {
  if (language === "sh") return { kind: "commands", lines: text.trim().split("\n") };
  const path = FILE_NAME.exec(text)?.[1];
  return path === undefined ? { kind: "output", text } : { kind: "file", path, text };
}
