export const onRequest = ({ request }: any) =>
  Response.json({
    accept: request.headers.get("accept"),
    cookie: request.headers.get("cookie"),
    multi: request.headers.get("x-multi"),
    type: request.headers.get("content-type"),
    latin: request.headers.get("x-latin"),
    client: request.headers.get("cf-connecting-ip"),
    host: request.headers.get("host")?.replace(/:\d+$/, ":port"),
  });
