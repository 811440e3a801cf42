export const onRequest = ({ next }: any) => next("/docs/intro");
