export const onRequest = ({ request }: any) => {
  const { origin } = new URL(request.url);
  return new Response(request.url.slice(origin.length));
};
