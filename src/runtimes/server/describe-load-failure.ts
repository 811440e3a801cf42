// What did an application throw while it was loaded? Its own frames, in terms of the source; not those of the loader.

import process from "node:process";
import { fileURLToPath } from "node:url";
import { describeError } from "../../observe/line-log.ts";
import { createStackMapper } from "./map-stack.ts";

/** The folder of this package's code, that of the workers' programs, or in a build the one file that has all of it. */
const OWN_PLACE = fileURLToPath(ownPlace(import.meta.url));

function ownPlace(url: string): URL | string {
  if (/\/describe-load-failure\.[jt]s$/.test(url)) return new URL("../../", url);
  return url.includes("/bundled/workers/") ? new URL("./", url) : url;
}

/** The error with its stack and causes, for the site's owner. */
export function describeLoadFailure(error: unknown): string {
  const text = describeError(error);
  // Node and Deno map stacks themselves.
  const mapped = process.versions.bun === undefined ? text : createStackMapper()(text);
  return mapped
    .split("\n")
    .filter((line) => !isLoaderFrame(line))
    .join("\n");
}

function isLoaderFrame(line: string): boolean {
  if (!/^\s+at /.test(line)) return false;
  return line.includes(OWN_PLACE) || /\bnode:internal\/|\(native\b|\bext:core\//.test(line);
}
