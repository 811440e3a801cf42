// lol-html compiled to WebAssembly, in a module of its own: it is large, and loaded at first use.

export { HTMLRewriter } from "html-rewriter-wasm";
