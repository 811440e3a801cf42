// Is a file's name bound to its content, as bundlers bind it (`app.3f2a91bc.js`)? Then it can never change.
// Whoever is wrongly called fingerprinted stays stale for a year, so doubt means no.

/** What bundlers write. Pages and documents keep their names when they change. */
const BUNDLED =
  /\.(?:js|mjs|css|map|wasm|woff2?|ttf|otf|eot|png|jpe?g|gif|svg|webp|avif|ico|mp[34]|webm|ogg)$/i;

/** Code has fewer names of its own than pictures have, so that less proves a hash. */
const CODE = /\.(?:js|mjs|css|map|wasm)$/i;

/** Directories whose every file is fingerprinted, as SvelteKit and Next.js document. */
const FINGERPRINTED_DIRECTORY = /^\/_(?:app\/immutable|next\/static)\//;

/** Base 16 (webpack, Rspack, Next.js, Gatsby), lower case, at least 32 bits. */
const HEXADECIMAL = /(?:^|[-_~])([0-9a-f]{8,})$/;
/** Base 32 (esbuild, Angular). */
const BASE_32 = /(?:^|[-_~])([A-Z2-7]{8})$/;
/** URL-safe base 64 (Rollup, Vite), which may hold the separators too. */
const BASE_64 = /(?:^|[-_~])([A-Za-z0-9_-]{8})$/;

/** What reads like something a person writes: a word, capitals, a number. */
const STRETCH = /[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+/g;

/** Whether a hash stands before one of the name's dots. */
export function isFingerprinted(path: string): boolean {
  if (!BUNDLED.test(path)) return false;
  const name = path.slice(path.lastIndexOf("/") + 1);
  const stretches = CODE.test(name) ? 4 : 5;
  const parts = name.split(".").slice(0, -1);
  return FINGERPRINTED_DIRECTORY.test(path) || parts.some((part) => endsInHash(part, stretches));
}

function endsInHash(part: string, mixedStretches: number): boolean {
  const [, hexadecimal] = HEXADECIMAL.exec(part) ?? [];
  if (hexadecimal !== undefined && isJumble(hexadecimal, 3)) return true;
  const [, base32] = BASE_32.exec(part) ?? [];
  if (base32 !== undefined && isJumble(base32, 3)) return true;
  const [, base64] = BASE_64.exec(part) ?? [];
  return (
    base64 !== undefined && /[a-z]/.test(base64) && /[A-Z]/.test(base64) && isJumble(base64, mixedStretches)
  );
}

/**
 * Dates are one number, words with a version two stretches; a hash changes its kind all the time, and not
 * only at hyphens, as `Photo-v2` does.
 */
function isJumble(text: string, stretches: number): boolean {
  const counts = text.split(/[_-]/).map((piece) => piece.match(STRETCH)?.length ?? 0);
  return Math.max(...counts) >= 3 && counts.reduce((sum, count) => sum + count) >= stretches;
}
