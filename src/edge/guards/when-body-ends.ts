// When is an answer over, where the runtime does not tell? When its body has been read, has failed, or is given up.

/** The same answer; calls back once, at once if there is no body to wait for. */
export function whenBodyEnds(response: Response, callback: () => void): Response {
  const { status, statusText, headers, body } = response;
  if (status === 101 || body === null) {
    callback();
    return response;
  }
  const reader = body.getReader();
  const watched = new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await reader.read();
          if (!done) return controller.enqueue(value);
          callback();
          controller.close();
        } catch (error) {
          callback();
          controller.error(error);
        }
      },
      cancel(reason) {
        callback();
        return reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
  return new Response(watched, { status, statusText, headers });
}
