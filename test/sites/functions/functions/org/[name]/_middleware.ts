export const onRequest = ({ params, functionPath, data, next }: any) => {
  data.outer = { params: { ...params }, functionPath };
  return next();
};
