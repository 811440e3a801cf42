// `crypto.DigestStream` (Workers docs, "Web Crypto"): what is written to it becomes one digest. Web Crypto takes
// a whole only, so that the bytes are kept until the end.

/** A sink whose `digest` resolves when the stream is closed. */
export class DigestStream extends WritableStream<ArrayBuffer | ArrayBufferView | string> {
  readonly digest: Promise<ArrayBuffer>;

  constructor(algorithm: AlgorithmIdentifier) {
    const parts: Blob[] = [];
    const { promise, resolve, reject } = Promise.withResolvers<ArrayBuffer>();
    // Nobody need ask for the digest of a stream that broke.
    promise.catch(() => {});
    super({
      write: (chunk) => {
        parts.push(new Blob([chunk as BlobPart]));
      },
      close: async () => {
        try {
          resolve(await crypto.subtle.digest(algorithm, await new Blob(parts).arrayBuffer()));
        } catch (error) {
          reject(error);
          throw error;
        }
      },
      abort: (reason) => reject(reason),
    });
    this.digest = promise;
  }
}
