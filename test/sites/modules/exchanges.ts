// What functions that import other things than JavaScript must answer, on every runtime.

import type { Exchange } from "../../conformance/exchange.ts";

const json = (value: unknown) => ({ json: value });
const element = '<p {"id":"x"}>hi</p>';

export const exchanges: Exchange[] = [
  {
    name: ".txt, .sql and .html are text",
    path: "/text",
    expect: { status: 200, body: json({ note: "a note", query: "select 1;", page: "<p>template</p>" }) },
  },
  {
    name: ".bin is an ArrayBuffer, .json its value",
    path: "/bytes",
    expect: { status: 200, body: json({ isBuffer: true, bytes: [1, 2, 255], settings: { a: [1, 2] } }) },
  },
  {
    name: ".wasm is a module, with ?module or without",
    path: "/wasm",
    expect: { status: 200, body: json({ isModule: true, sums: [42, 42] }) },
  },
  {
    name: "code from outside functions/, by tsconfig paths and on demand",
    path: "/code",
    expect: { status: 200, body: json(["label now", "label later"]) },
  },
  {
    name: "Node's modules with nodejs_compat",
    path: "/node",
    expect: { status: 200, body: json(["ba7816bf", "/b"]) },
  },
  { name: "JSX in .js, as tsconfig has it", path: "/jsx/in-js", expect: { status: 200, body: element } },
  { name: "JSX in .jsx", path: "/jsx/in-jsx", expect: { status: 200, body: element } },
  { name: "a module's state begins", method: "POST", path: "/state", expect: { status: 200, body: "1" } },
  { name: "and is kept", method: "POST", path: "/state", expect: { status: 200, body: "2" } },
  {
    name: "a handler exported under another name",
    path: "/renamed",
    expect: { status: 200, body: "renamed" },
  },
  {
    name: "and one exported from another module, which is the same module",
    method: "POST",
    path: "/renamed",
    expect: { status: 200, body: "3" },
  },
];
