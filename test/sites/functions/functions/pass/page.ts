export const onRequest = ({ request, passThroughOnException }: any) => {
  const asked = new URL(request.url).searchParams;
  if (asked.has("inner")) passThroughOnException();
  if (asked.has("text")) return "text";
  throw new Error("second");
};
