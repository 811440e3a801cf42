import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseExports } from "../../../src/build/parse-exports.ts";
import { readPlainExports } from "../../../src/build/plain-exports.ts";
import { createProject } from "./temp-project.ts";

describe("readPlainExports", () => {
  test.each([
    ["export const onRequest = () => 1;", ["onRequest"]],
    ["export const onRequest: PagesFunction<Env> = async () => 1;", ["onRequest"]],
    [
      "export async function onRequestGet() {}\nexport function onRequestPost() {}",
      ["onRequestGet", "onRequestPost"],
    ],
    ["export function* onRequest() {}\nexport class A {}\nexport let b = 1;", ["A", "b", "onRequest"]],
    ["export default { fetch() {} };\nexport interface Env {}\nexport type T = string;", ["default"]],
    ["const helper = 1;\n", []],
  ])("reads declarations at the beginning of a line: %j", (text, names) => {
    expect(readPlainExports(text)).toEqual(names);
  });

  test.each([
    ["a list", "const f = 1;\nexport { f as onRequest };"],
    ["a re-export", 'export * from "./other";'],
    ["two names in one declaration", "export const onRequestGet = f, onRequestPost = f;"],
    ["a pattern", "export const { onRequest } = handlers;"],
    ["an enum", "export const enum onRequest { A }"],
    ["a declaration without a value", "export declare const onRequest: unknown;"],
    ["an export that does not begin its line", "const a = 1; export const onRequest = a;"],
    ["a handler's name elsewhere", "export const onRequest = () => 1;\nonRequest.cors = true;"],
    ["a comment", "// export nothing\nexport const a = 1;"],
  ])("leaves %s to the parser", (_, text) => {
    expect(readPlainExports(text)).toBeUndefined();
  });

  test("agrees with the parser wherever it answers, for any mixture of statements", async () => {
    const statement = fc.constantFrom(
      "export const onRequest = 1;",
      "export async function onRequestGet() { return 1; }",
      "export const onRequestPost: unknown = 2;",
      "export let a = 1, onRequestPut = 2;",
      "export { x as onRequestPatch };",
      "const x = 1;",
      "export default 1;",
      "export type onRequestHead = string;",
      'export * from "./z";',
      "const text = `\nexport const quoted = 1`;",
      "export class onRequestDelete {}",
      "  export const indented = 1;",
    );
    const modules = fc.sample(fc.uniqueArray(statement, { minLength: 1, maxLength: 5 }), {
      numRuns: 300,
      seed: 7,
    });
    const texts = modules.map((statements) => statements.join("\n"));
    const files = Object.fromEntries(texts.map((text, index) => [`m/${index}.ts`, text]));
    const { root } = await createProject(files);
    const names = texts.map((_, index) => `${index}.ts`);
    const { exports } = await parseExports(root, `${root}/m`, names);
    let answered = 0;
    for (const [index, text] of texts.entries()) {
      const plain = readPlainExports(text);
      if (plain === undefined || !exports.has(`${index}.ts`) || text.includes("`")) continue;
      answered += 1;
      expect([text, plain]).toEqual([text, exports.get(`${index}.ts`)]);
    }
    expect(answered).toBeGreaterThan(20);
  });
});
