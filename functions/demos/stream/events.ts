// GET /demos/stream/events: ten server-sent events, one every half second.

import type { PagesFunction } from "causeway";

const TICKS = 10;
const INTERVAL_MS = 500;

export const onRequestGet: PagesFunction = () => {
  const encoder = new TextEncoder();
  let count = 0;
  const stream = new ReadableStream<Uint8Array>({
    async pull(controller) {
      if (count > 0) await new Promise((resolve) => setTimeout(resolve, INTERVAL_MS));
      count += 1;
      if (count > TICKS) {
        controller.enqueue(encoder.encode("event: end\ndata: {}\n\n"));
        controller.close();
        return;
      }
      const data = JSON.stringify({ count, at: new Date().toISOString() });
      controller.enqueue(encoder.encode(`event: tick\nid: ${count}\ndata: ${data}\n\n`));
    },
  });
  return new Response(stream, {
    headers: { "content-type": "text/event-stream", "cache-control": "no-cache" },
  });
};
