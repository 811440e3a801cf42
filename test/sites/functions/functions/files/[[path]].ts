export const onRequest = ({ params, functionPath }: any) =>
  Response.json({ path: params.path ?? null, functionPath });
