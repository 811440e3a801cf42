export const onRequestPost = () => new Response("posted to the root");
