export const onRequest = () => new Response("once");
