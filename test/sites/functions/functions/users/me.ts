export const onRequest = ({ request }: any) => Response.json({ me: true, method: request.method });
