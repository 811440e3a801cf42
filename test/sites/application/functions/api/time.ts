export const onRequestGet = () => new Response("a time");
