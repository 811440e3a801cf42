declare const WebSocketPair: new () => { 0: WebSocket; 1: WebSocket & { accept(): void } };

export const onRequest = () => {
  const { 0: client, 1: server } = new WebSocketPair();
  server.accept();
  server.addEventListener("message", (event) => server.send(`echo ${event.data}`));
  return new Response(null, { status: 101, webSocket: client } as ResponseInit);
};
