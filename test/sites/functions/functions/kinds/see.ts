export const onRequest = ({ data }: any) => Response.json(data);
