// Is a media type worth compressing? Text and text-like formats are; media formats already are compressed.

/** Beyond `text/*`, `+json` and `+xml`: formats that store their content plain. */
const PLAIN_FORMATS: ReadonlySet<string> = new Set([
  "application/ecmascript",
  "application/graphql",
  "application/javascript",
  "application/json",
  "application/json5",
  "application/manifest+json",
  "application/postscript",
  "application/rtf",
  "application/sql",
  "application/toml",
  "application/vnd.apple.mpegurl",
  "application/vnd.ms-fontobject",
  "application/wasm",
  "application/x-javascript",
  "application/x-ndjson",
  "application/x-sh",
  "application/x-sql",
  "application/x-subrip",
  "application/x-tar",
  "application/x-web-app-manifest+json",
  "application/xml",
  "application/xml-dtd",
  "application/yaml",
  "font/collection",
  "font/otf",
  "font/ttf",
  "image/bmp",
  "image/vnd.microsoft.icon",
  "image/x-icon",
  "image/x-ms-bmp",
  "model/gltf-binary",
]);

/** Whether compression usually shrinks bytes of this type; parameters are ignored, event streams excluded. */
export function isCompressibleType(contentType: string): boolean {
  const essence = (contentType.split(";", 1)[0] ?? "").trim().toLowerCase();
  if (essence === "text/event-stream") return false;
  return (
    essence.startsWith("text/") || /\+(?:json|xml|text|yaml)$/.test(essence) || PLAIN_FORMATS.has(essence)
  );
}
