export const onRequest: unknown[] = [];
