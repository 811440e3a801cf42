export const onRequest = () => Promise.reject(new Error("rejected"));
