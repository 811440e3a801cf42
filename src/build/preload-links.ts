// What does a page ask browsers to load first? The `Link` of its answers, from the page's own tags (Pages docs,
// "Early Hints"; RFC 8288 §3).

import type { Element, HTMLRewriter } from "html-rewriter-wasm";

const RELATIONS = ["preconnect", "preload", "modulepreload"];
/** With any other attribute (`media`, `crossorigin`, …) the tag means more than the field would say. */
const UNDERSTOOD = ["rel", "href", "as"];
/** Proxies in front of a server commonly hold 4 KiB for all fields of an answer. */
const MAX_VALUE_LENGTH = 2_048;
/** Spares pages without such tags the parser. */
const MAY_HAVE_LINKS = /pre(?:connect|load)/i;

/** The field's value for a page, or undefined if it has no such tags. */
export async function scanPreloadLinks(page: Uint8Array): Promise<string | undefined> {
  if (!MAY_HAVE_LINKS.test(new TextDecoder("latin1").decode(page))) return undefined;
  const { HTMLRewriter } = await import("html-rewriter-wasm");
  const rewriter = new HTMLRewriter(() => {});
  try {
    return formatLinks(await readTags(rewriter, page));
  } finally {
    rewriter.free();
  }
}

interface LinkTags {
  /** `href` of the first `<base>` that has one. */
  base: string | undefined;
  links: { href: string; rel: string; as: string }[];
}

async function readTags(rewriter: HTMLRewriter, page: Uint8Array): Promise<LinkTags> {
  const tags: LinkTags = { base: undefined, links: [] };
  rewriter.on("base[href]", {
    element(element) {
      tags.base ??= decodeReferences(element.getAttribute("href") ?? "");
    },
  });
  rewriter.on("link[rel][href]", {
    element(element) {
      const rel = element.getAttribute("rel")?.trim().toLowerCase() ?? "";
      const href = decodeReferences(element.getAttribute("href") ?? "");
      if (!RELATIONS.includes(rel) || !hasOnlyUnderstood(element) || href === "") return;
      tags.links.push({ href, rel, as: element.getAttribute("as") ?? "" });
    },
  });
  await rewriter.write(page);
  await rewriter.end();
  return tags;
}

function hasOnlyUnderstood({ attributes }: Element): boolean {
  return [...attributes].every(([name]) => UNDERSTOOD.includes((name as string).toLowerCase()));
}

function formatLinks({ base, links }: LinkTags): string | undefined {
  let value = "";
  for (const { href, rel, as } of links) {
    const target = resolveTarget(href, base);
    if (target === undefined || !/^[a-z]*$/i.test(as)) continue;
    const link = `<${target}>; rel="${rel}"${as === "" ? "" : `; as=${as}`}`;
    const joined = value === "" ? link : `${value}, ${link}`;
    if (joined.length > MAX_VALUE_LENGTH) break;
    value = joined;
  }
  return value === "" ? undefined : value;
}

/** Where a link leads, in characters that may stand in the field; undefined if it is not for the network. */
function resolveTarget(href: string, base: string | undefined): string | undefined {
  const target = base === undefined || hasOwnPlace(href) ? href : againstBase(href, base);
  if (target === undefined || !/^https?:$/.test(URL.parse(target, "http://host")?.protocol ?? ""))
    return undefined;
  return target.replace(/[^\x21-\x7e]|[<>"\\^`{|}]/gu, (character) => encodeURIComponent(character));
}

/** A base that depends on the page's own address is left to the browser: one page may have several. */
function againstBase(href: string, base: string): string | undefined {
  if (!hasOwnPlace(base)) return undefined;
  const url = URL.parse(href, URL.parse(base, "http://host/")?.href);
  if (url === null) return undefined;
  return url.host === "host" ? url.pathname + url.search : url.href;
}

function hasOwnPlace(address: string): boolean {
  return address.startsWith("/") || URL.canParse(address);
}

/** An address as HTML means it: without surrounding space and line breaks, `&amp;` for `&`. */
function decodeReferences(text: string): string {
  return text
    .trim()
    .replace(/[\t\r\n]/g, "")
    .replace(/&amp;/g, "&");
}
