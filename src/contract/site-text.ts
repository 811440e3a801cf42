// How a site document is written down: as JSON, with a line for each file, so that one can be found without reading
// the others.

import type { Site } from "./site.ts";

/** Before the first line of the files, and behind the last. No text of JSON has a line break within. */
export const FILES_BEGIN = '"files":{\n';
export const FILES_END = "\n}";

/** Stands for the files until their lines are there; JSON escapes what no other text of the document begins with. */
const PLACE = "\0files";

/** The document as text. */
export function formatSite(site: Site): string {
  const { files } = site.assets;
  const lines = Object.keys(files).map((path) => `${JSON.stringify(path)}:${JSON.stringify(files[path])}`);
  const list = lines.length === 0 ? "{}" : `{\n${lines.join(",\n")}${FILES_END}`;
  const rest = JSON.stringify({ ...site, assets: { ...site.assets, files: PLACE } });
  return `${rest.replace(`"files":${JSON.stringify(PLACE)}`, () => `"files":${list}`)}\n`;
}
