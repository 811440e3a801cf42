// Keeps a megabyte for each request.
const kept: Uint8Array[] = [];

export const onRequest = () => {
  kept.push(new Uint8Array(1_000_000).fill(kept.length));
  return new Response(String(kept.length));
};
