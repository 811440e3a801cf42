// Which media type does a file name stand for, as Pages and as Workers see it? For the build: the table is big.

import mime from "mime";

/** Whose table rules: Pages calls scripts `application/javascript` and unknown files octet streams. */
export type MediaTypeConvention = "pages" | "workers";

/** Where the registry has moved on since Pages froze its table. */
const PAGES_TYPES: Readonly<Record<string, string>> = {
  aac: "audio/x-aac",
  asc: "application/pgp-signature",
  es: "application/ecmascript",
  fdf: "application/vnd.fdf",
  hsj2: "image/hsj2",
  jpgm: "video/jpm",
  js: "application/javascript",
  mjs: "application/javascript",
  mpp: "application/vnd.ms-project",
  mts: "model/vnd.mts",
  prc: "application/x-mobipocket-ebook",
  sql: "application/x-sql",
  xfdf: "application/vnd.adobe.xfdf",
};

/** The Content-Type of a file, or undefined where the convention names none. */
export function mediaTypeOf(path: string, convention: MediaTypeConvention): string | undefined {
  const extension = extensionOf(path);
  const type = findType(extension, convention);
  return type?.startsWith("text/") ? `${type}; charset=utf-8` : type;
}

/** Lower-case text after the last dot of the last segment; empty without one. */
export function extensionOf(path: string): string {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const dot = name.lastIndexOf(".");
  return dot < 0 ? "" : name.slice(dot + 1).toLowerCase();
}

function findType(extension: string, convention: MediaTypeConvention): string | undefined {
  const registered = extension === "" ? undefined : (mime.getType(`.${extension}`) ?? undefined);
  if (convention === "workers") return registered;
  const frozen = Object.hasOwn(PAGES_TYPES, extension) ? PAGES_TYPES[extension] : registered;
  return frozen ?? "application/octet-stream";
}
