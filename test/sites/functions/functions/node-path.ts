import { posix } from "node:path";
export const onRequest = () => new Response(posix.join("/a", "../b"));
