export const onRequestGet = ({ env, request }: any) => {
  const entries = Object.entries(env).filter(([name]) => name.startsWith("CF_PAGES"));
  const isOwn = new URL(env.CF_PAGES_URL).host === new URL(request.url).host;
  return Response.json({
    ...Object.fromEntries(entries),
    CF_PAGES_URL: isOwn ? "this server" : env.CF_PAGES_URL,
  });
};
