export const onRequest = ({ next }: any) => next();
