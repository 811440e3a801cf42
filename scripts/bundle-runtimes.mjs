// Last step of `npm run compile`: the serve half as single modules, which builds copy into their output.

import { compileRuntimeModules } from "../lib/build/runtime-modules.js";

await compileRuntimeModules();
