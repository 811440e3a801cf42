export const onRequest = ({ passThroughOnException }: any) => {
  passThroughOnException();
  throw new Error("passed through");
};
