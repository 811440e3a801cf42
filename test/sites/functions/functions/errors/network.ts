export const onRequest = () => Response.error();
