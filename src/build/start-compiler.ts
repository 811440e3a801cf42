// esbuild is a process of its own that starts with the first call.

import { transform } from "esbuild";

/** Starts it, so that it is ready when the files to compile have been found. */
export async function startCompiler(): Promise<void> {
  await transform("");
}
