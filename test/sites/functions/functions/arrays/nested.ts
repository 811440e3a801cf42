export const onRequest = [({ next }: any) => next(), [() => new Response("too deep")]];
