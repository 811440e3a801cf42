// The module that a bundle is made from: what a FunctionBundle needs, in a few lines of generated code.

import { join } from "node:path";
import type { ScannedFile } from "./scan-functions.ts";

/** `modules`: every handler of every function file, under the names by which routes refer to them. */
export function functionsEntry(functionsDir: string, files: readonly ScannedFile[]): string {
  const imports: string[] = [];
  const modules: string[] = [];
  let count = 0;
  for (const { file, exports } of files) {
    const handlers = exports.map((name) => ({ name, local: `handler${count++}` }));
    const names = handlers.map(({ name, local }) => `${name} as ${local}`).join(", ");
    imports.push(`import { ${names} } from ${JSON.stringify(join(functionsDir, file))};`);
    modules.push(
      `  ${JSON.stringify(file)}: { ${handlers.map(({ name, local }) => `${name}: ${local}`).join(", ")} },`,
    );
  }
  return [...imports, "export const modules = {", ...modules, "};"].join("\n");
}

/** `worker`: the default export of one module. */
export function workerEntry(module: string): string {
  return [
    `import worker from ${JSON.stringify(module)};`,
    "export { worker };",
    "export const modules = {};",
  ].join("\n");
}
