// Where modules of this package lie that the build hands to esbuild by path.

import { fileURLToPath } from "node:url";

/** Absolute path of a module of this folder: TypeScript in a checkout, JavaScript when compiled. */
export function ownModule(name: string): string {
  const extension = import.meta.url.endsWith(".ts") ? ".ts" : ".js";
  return fileURLToPath(new URL(`./${name}${extension}`, import.meta.url));
}
