// Takes memory outside of the JavaScript heap, as fast as it can, and never gives the event loop back.
const kept: Uint8Array[] = [];

export const onRequest = () => {
  for (;;) kept.push(new Uint8Array(16_000_000).fill(1));
};
