export const onRequest = () => new Response("a name with a space");
