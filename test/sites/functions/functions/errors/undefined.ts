export const onRequest = () => undefined;
