export const onRequestPost = async ({ request }: any) => {
  const form = await request.formData();
  const out: Record<string, unknown> = {};
  for (const [name, value] of form)
    out[name] = typeof value === "string" ? value : { name: value.name, type: value.type, size: value.size };
  return Response.json(out);
};
