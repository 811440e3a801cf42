export const onRequest = ({ request }: any) => {
  const status = Number(new URL(request.url).searchParams.get("code"));
  return new Response([204, 205, 304].includes(status) ? null : `status ${status}`, { status });
};
