// An export under another name, and one from another module.

const answer = () => new Response("renamed");

export { onRequestPost } from "./state.js";
export { answer as onRequestGet };
