// Streams of Workers: bytes through a pipe, a known number of them, and their digest.

declare const FixedLengthStream: new (length: number) => TransformStream<Uint8Array, Uint8Array>;
declare const IdentityTransformStream: new () => TransformStream<Uint8Array, Uint8Array>;

const ABC = new TextEncoder().encode("abc");

const answers: Record<string, () => Promise<unknown> | unknown> = {
  async digest() {
    const stream = new (crypto as any).DigestStream("SHA-256");
    const writer = stream.getWriter();
    await writer.write(ABC.slice(0, 1));
    await writer.write(ABC.slice(1));
    await writer.close();
    const bytes = new Uint8Array(await stream.digest).slice(0, 8);
    return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  },
  identity: () => through(new IdentityTransformStream()),
  fixed: async () => ({
    right: await through(new FixedLengthStream(3)),
    short: await through(new FixedLengthStream(4)),
    long: await through(new FixedLengthStream(2)),
  }),
  self: () => self === globalThis,
};

/** What comes out, or the name of the error. */
async function through({ readable, writable }: TransformStream<Uint8Array, Uint8Array>): Promise<string> {
  const writer = writable.getWriter();
  const written = writer.write(ABC).then(() => writer.close());
  try {
    const [text] = await Promise.all([new Response(readable).text(), written]);
    return text;
  } catch (error: any) {
    await written.catch(() => {});
    return error.name;
  }
}

export const onRequestGet = async ({ request }: any) => {
  const what = new URL(request.url).searchParams.get("what") ?? "";
  return Response.json(await answers[what]?.());
};
