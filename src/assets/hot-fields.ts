// Which fields of a request matter to a prepared answer? A few by their value; some others mean that it does not fit.

/** What a prepared answer may depend on beside its path. */
export interface HotFields {
  /** Empty if absent: both get plain bytes. */
  readonly acceptEncoding: string;
  readonly ifNoneMatch: string | undefined;
  readonly isModifiedSince: boolean;
  /** A field is there on which answers for files depend in more ways than are remembered. */
  readonly isSpecial: boolean;
}

/** Takes the fields of one request, in any order and any case. */
export class HotFieldReader implements HotFields {
  acceptEncoding = "";
  ifNoneMatch: string | undefined;
  isModifiedSince = false;
  isSpecial = false;

  add(name: string, value: string): void {
    switch (name.toLowerCase()) {
      case "accept-encoding":
        this.acceptEncoding = this.acceptEncoding === "" ? value : `${this.acceptEncoding}, ${value}`;
        return;
      case "if-none-match":
        this.ifNoneMatch = this.ifNoneMatch === undefined ? value : `${this.ifNoneMatch}, ${value}`;
        return;
      case "if-modified-since":
        this.isModifiedSince = true;
        return;
      case "range":
      case "authorization":
      case "if-match":
      case "if-unmodified-since":
      case "if-range":
      case "content-length":
      case "transfer-encoding":
      case "expect":
      case "upgrade":
        this.isSpecial = true;
    }
  }
}
