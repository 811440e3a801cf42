export const onRequest = async (context: any) => {
  const results: Record<string, unknown> = { keys: Object.keys(context).sort() };
  context.data = { replaced: true };
  results.data = context.data;
  try {
    context.data = null;
  } catch (error: any) {
    results.error = error.message;
  }
  results.env = Object.keys(context.env)
    .filter((key) => !key.startsWith("CF_PAGES"))
    .sort();
  return Response.json(results);
};
