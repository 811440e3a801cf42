// The query says what fails, and who has asked for passThroughOnException.

export const onRequest = async ({ request, next, passThroughOnException }: any) => {
  const asked = new URL(request.url).searchParams;
  if (asked.has("outer")) passThroughOnException();
  if (asked.has("fail-first")) throw new Error("first");
  return await (asked.has("replaced") ? next("/docs/intro") : next());
};
