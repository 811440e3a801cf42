// Which form of a file, and which bytes of that form, does a request want? RFC 9110 §12.5.3, §14.2.

import type { BlobReference } from "../contract/platform.ts";
import type { ContentCoding } from "../contract/site.ts";
import { isCodingAccepted, selectCoding } from "../http/accept-encoding.ts";
import { type ByteSpan, selectByteRanges } from "../http/byte-range.ts";
import { isRangeCurrent } from "../http/conditional.ts";
import { type EntityTag, isStrongMatch, parseEntityTagSet } from "../http/entity-tag.ts";
import type { Asset } from "./represent.ts";

/** One way to send a file: its plain bytes or a precompressed form, each with its own entity tag. */
export interface Representation {
  coding: ContentCoding | "identity";
  blob: BlobReference;
  validators: { tag: EntityTag; modified: string | undefined };
}

/** The spans of a partial answer, none if the range lies outside. */
export interface SelectedRange {
  representation: Representation;
  spans: readonly ByteSpan[];
}

/** The form whose coding the client weighs highest; of equals the smallest. */
export function negotiate(request: Request, asset: Asset): Representation {
  const forms = representationsOf(asset);
  if (forms.length === 1) return forms[0];
  const coded = forms.slice(1).sort((a, b) => a.blob.size - b.blob.size);
  const wanted = selectCoding(
    request.headers.get("accept-encoding"),
    coded.map((form) => form.coding),
  );
  return coded.find((form) => form.coding === wanted) ?? forms[0];
}

/**
 * What a Range asks for, or undefined if the whole is to be sent: no range, a malformed one, or one that
 * If-Range makes void. Ranges count in plain bytes, since a slice of compressed data is of no use by itself;
 * only a client that names the tag of a compressed form resumes in that form.
 */
export function selectRange(request: Request, asset: Asset): SelectedRange | undefined {
  const field = request.headers.get("range");
  if (field === null || request.method !== "GET") return undefined;
  const representation = representationForRange(request, asset);
  if (!isRangeCurrent(request.headers.get("if-range"), representation.validators)) return undefined;
  const selection = selectByteRanges(field, representation.blob.size);
  if (selection.kind === "whole") return undefined;
  const spans = selection.kind === "spans" ? selection.spans : [];
  // Content-Encoding would describe the envelope, not the parts: nobody could tell what it means.
  return spans.length > 1 && representation.coding !== "identity" ? undefined : { representation, spans };
}

function representationForRange(request: Request, asset: Asset): Representation {
  const [plain, ...coded] = representationsOf(asset);
  if (coded.length === 0) return plain;
  const accepted = request.headers.get("accept-encoding");
  const named = [request.headers.get("if-range"), request.headers.get("if-match")]
    .map((field) => parseEntityTagSet(field ?? ""))
    .flatMap((tags) => (tags === "*" ? [] : tags));
  const resumed = coded.find(
    (form) =>
      named.some((tag) => isStrongMatch(tag, form.validators.tag)) && isCodingAccepted(accepted, form.coding),
  );
  return resumed ?? (isCodingAccepted(accepted, "identity") ? plain : negotiate(request, asset));
}

function representationsOf({ path, file }: Asset): [Representation, ...Representation[]] {
  const plain = createRepresentation("identity", { path, hash: file.hash, size: file.size }, file.modified);
  const coded = Object.entries(file.encodings ?? {}).map(([coding, variant]) =>
    createRepresentation(coding as ContentCoding, { path, ...variant }, file.modified),
  );
  return [plain, ...coded];
}

/** The tag is 128 bits of the SHA-256 of exactly these bytes, so no two codings share one. */
function createRepresentation(
  coding: Representation["coding"],
  blob: BlobReference,
  modified: string | undefined,
): Representation {
  return { coding, blob, validators: { tag: { weak: false, opaque: blob.hash.slice(0, 32) }, modified } };
}
