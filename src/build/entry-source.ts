// The module that a bundle is made from: what a FunctionBundle needs, in a few lines of generated code.

import type { ScannedFile } from "./scan-functions.ts";

/**
 * `modules`: every handler of every function file, under the names by which routes refer to them.
 * `directory` is the functions directory as seen from the project.
 */
export function functionsEntry(directory: string, files: readonly ScannedFile[]): string {
  const imports: string[] = [];
  const modules: string[] = [];
  let count = 0;
  for (const { file, exports } of files) {
    const handlers = exports.map((name) => ({ name, local: `handler${count++}` }));
    const names = handlers.map(({ name, local }) => `${name} as ${local}`).join(", ");
    imports.push(`import { ${names} } from ${JSON.stringify(toSpecifier(`${directory}/${file}`))};`);
    modules.push(
      `  ${JSON.stringify(file)}: { ${handlers.map(({ name, local }) => `${name}: ${local}`).join(", ")} },`,
    );
  }
  return [...imports, "export const modules = {", ...modules, "};"].join("\n");
}

/** `worker`: the default export of one module, named as seen from the project. */
export function workerEntry(module: string): string {
  return [
    `import worker from ${JSON.stringify(toSpecifier(module))};`,
    "export { worker };",
    "export const modules = {};",
  ].join("\n");
}

/** Everything that a module has, under its own names. */
export function reexportEntry(module: string): string {
  const from = JSON.stringify(toSpecifier(module));
  return `export * from ${from};\nexport { default } from ${from};`;
}

/** Relative, because source maps keep this text: a build must not tell where it was made. */
function toSpecifier(path: string): string {
  return /^(?:\.\.?)?\//.test(path) ? path : `./${path}`;
}
