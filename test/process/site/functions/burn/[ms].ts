// Keeps the processor for a while, and the event loop with it.
export const onRequest = ({ params }: { params: { ms: string } }) => {
  for (const end = performance.now() + Number(params.ms); performance.now() < end; );
  return new Response("burnt");
};
