export const onRequest = () => new Response("42");
