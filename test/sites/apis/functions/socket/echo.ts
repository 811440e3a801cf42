// Sends back what comes in, text as text and bytes as bytes; "close CODE REASON" closes.

declare const WebSocketPair: any;

export const onRequest = ({ request }: any) => {
  if (request.headers.get("upgrade") !== "websocket")
    return new Response("expected websocket", { status: 426 });
  const [client, server] = Object.values(new WebSocketPair()) as any[];
  server.accept();
  server.addEventListener("message", ({ data }: any) => {
    const close = typeof data === "string" ? /^close (\d+) (.*)$/.exec(data) : null;
    if (close !== null) server.close(Number(close[1]), close[2]);
    else server.send(typeof data === "string" ? `echo ${data}` : data);
  });
  server.addEventListener("close", ({ code, reason, wasClean }: any) => {
    closes.push({ code, reason, wasClean });
    server.close(code, reason);
  });
  server.send("welcome");
  return new Response(null, { status: 101, webSocket: client } as ResponseInit);
};

const closes: unknown[] = [];
export const onRequestDelete = () => Response.json(closes.splice(0));
