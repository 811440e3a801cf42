// Which generation of the site is wanted, which has proven that it can be loaded, and which does nobody need any more?

export class Generations {
  readonly #known = new Set<number>();
  /** 0 before the first. */
  wanted = 0;
  /** The last of which a worker became ready: what a failed reload returns to. */
  #proven: number | undefined;

  /** Whether there is one to return to. */
  get hasProven(): boolean {
    return this.#proven !== undefined;
  }

  get isWantedProven(): boolean {
    return this.#proven === this.wanted;
  }

  want(generation: number): void {
    this.wanted = generation;
    this.#known.add(generation);
  }

  /** A worker of it is ready. */
  prove(generation: number): void {
    if (generation === this.wanted) this.#proven = generation;
  }

  /** The wanted one cannot be loaded. */
  goBack(): void {
    if (this.#proven !== undefined) this.wanted = this.#proven;
  }

  /** Forgets those that neither are wanted nor have workers, and names them. */
  takeUnused(inUse: Iterable<number>): number[] {
    const used = new Set([this.wanted, this.#proven, ...inUse]);
    const unused = [...this.#known].filter((generation) => !used.has(generation));
    for (const generation of unused) this.#known.delete(generation);
    return unused;
  }
}
