// Last step of `npm run compile`: the serve half as single modules, which builds copy into their output, and the
// programs of worker processes as single files.

import { compileRuntimeModules } from "../lib/build/runtime-modules.js";
import { compileWorkerPrograms } from "../lib/build/worker-programs.js";

await compileRuntimeModules();
await compileWorkerPrograms();
