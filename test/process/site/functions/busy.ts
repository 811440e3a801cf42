// Uses a processor from now on, a little at a time, so that requests are answered as before.
export const onRequest = () => {
  setInterval(() => {
    for (const end = performance.now() + 9; performance.now() < end; );
  }, 1);
  return new Response("busy");
};
