export const onRequest = ({ params, functionPath, data }: any) =>
  Response.json({ ...data, inner: { params, functionPath } });
