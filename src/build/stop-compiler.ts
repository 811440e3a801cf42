// Ends the compiler's own process, which otherwise lives as long as this one.

import { stop } from "esbuild";

/** Called by programs that go on without building; the next build starts the compiler again. */
export function stopCompiler(): Promise<void> {
  return stop();
}
