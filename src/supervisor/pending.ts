// Something that several may wait for, and that may happen again.

export class Pending {
  #waiting: { resolve: () => void; reject: (error: Error) => void }[] = [];

  get isAwaited(): boolean {
    return this.#waiting.length > 0;
  }

  /** Settled by the next `resolve` or `reject`. */
  promise(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
    });
  }

  /** Whether anybody had waited. */
  resolve(): boolean {
    const waiting = this.#take();
    for (const { resolve } of waiting) resolve();
    return waiting.length > 0;
  }

  reject(error: Error): void {
    for (const { reject } of this.#take()) reject(error);
  }

  #take() {
    const waiting = this.#waiting;
    this.#waiting = [];
    return waiting;
  }
}
