// Beside a _worker.js this directory has no part.

export const onRequest = () => new Response("never", { status: 500 });
