export const onRequest = (c) => { c.x.y; };
