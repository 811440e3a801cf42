export const onRequest = () => {
  const headers = new Headers({ "content-type": "text/plain" });
  headers.append("set-cookie", "a=1; Path=/; HttpOnly");
  headers.append("set-cookie", "b=2; Expires=Wed, 21 Oct 2026 07:28:00 GMT");
  headers.append("set-cookie", "c=3");
  headers.append("x-list", "one");
  headers.append("x-list", "two");
  return new Response("cookies", { headers });
};
