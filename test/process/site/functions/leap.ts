// Takes memory outside of the JavaScript heap, as fast as it can, and never gives the event loop back.
const kept: Buffer[] = [];

export const onRequest = () => {
  for (;;) kept.push(Buffer.alloc(16_000_000, 1));
};
