// Which process answers, and from which build.
import { pid } from "node:process";

export const VERSION = "one";

export const onRequest = () => Response.json({ pid, version: VERSION });
