export const onRequest = () => {
  throw "just text";
};
