import add from "./resources/add.wasm";
import addModule from "./resources/add.wasm?module";

const sum = async (module) => (await WebAssembly.instantiate(module)).exports.add(20, 22);

export const onRequestGet = async () =>
  Response.json({
    isModule: add instanceof WebAssembly.Module,
    sums: [await sum(add), await sum(addModule)],
  });
