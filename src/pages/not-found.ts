// What answers a path without a file? Pages docs, "Serving Pages"; Workers docs, `not_found_handling`.

import type { NotFoundHandling } from "../contract/site.ts";

/** A page in place of the missing file: an error page with 404, or a single-page application with 200. */
export interface Fallback {
  path: string;
  status: 200 | 404;
}

/** Finds the fallback for a decoded path; undefined: an empty 404. */
export type FallbackFinder = (path: string) => Fallback | undefined;

const APPLICATION: Fallback = { path: "/index.html", status: 200 };
const ERROR_PAGE = "/404.html";

/** Compiles a mode for the files of a site. */
export function createFallbackFinder(mode: NotFoundHandling, files: Iterable<string>): FallbackFinder {
  const paths = [...files];
  const application = paths.includes(APPLICATION.path) ? APPLICATION : undefined;
  if (mode === "none") return () => undefined;
  if (mode === "single-page-application") return () => application;
  const pages = paths.filter((path) => path.endsWith(ERROR_PAGE)).sort((a, b) => b.length - a.length);
  const otherwise = mode === "pages" ? application : undefined;
  return (path) => {
    const page = pages.find((candidate) => path.startsWith(directoryOf(candidate)));
    return page === undefined ? otherwise : { path: page, status: 404 };
  };
}

/** With its slash, so that `/blog/404.html` answers below `/blog/` and not for `/blogs`. */
function directoryOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/") + 1);
}
