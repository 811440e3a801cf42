export const onRequest = ({ request }: any) =>
  Response.json({ list: [...new URL(request.url).searchParams] });
