export const onRequest = async ({ next }: any) => next();
