// What a store of assets that lives elsewhere throws when it cannot do what it is asked.

/** A failure of a remote store; clients get a 503, a push tries again if it may pass. */
export class StoreError extends Error {
  /** Whether the same request may succeed a moment later. */
  readonly isTransient: boolean;
  readonly remedy: string | undefined;

  constructor(message: string, options: { isTransient: boolean; remedy?: string; cause?: unknown }) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "StoreError";
    this.isTransient = options.isTransient;
    this.remedy = options.remedy;
  }
}
