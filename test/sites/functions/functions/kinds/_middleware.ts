const kinds: Record<string, unknown> = {
  list: [1],
  table: { a: 1 },
  text: "a",
  null: null,
  number: 1,
  function: () => 1,
};

export const onRequest = (context: any) => {
  try {
    context.data = kinds[new URL(context.request.url).searchParams.get("of") ?? ""];
  } catch (error: any) {
    return new Response(error.message, { status: 400 });
  }
  return context.next();
};
