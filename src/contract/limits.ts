// Limits of one request at the door; config may change them, every runtime obeys them.

export interface RequestLimits {
  /** Bytes of a request body, whatever its framing. Workers' own default is 100 MB. */
  maxBodyBytes: number;
}

export const DEFAULT_LIMITS: RequestLimits = { maxBodyBytes: 100_000_000 };
