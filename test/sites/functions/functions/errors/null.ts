export const onRequest = () => {
  throw null;
};
