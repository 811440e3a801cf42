// Long work on a terminal: one line that is written over, and gone when the work is done.

const EVERY_MS = 100;
const CLEAR_LINE = "\r\x1b[2K";
/** Of a terminal that does not tell. */
const DEFAULT_COLUMNS = 80;

export interface ProgressLine {
  show(text: string): void;
  clear(): void;
}

/** On standard error, so that results can be piped; where that is no terminal, or not wanted, nothing is shown. */
export function createProgressLine(isWanted: boolean): ProgressLine {
  const stream = process.stderr;
  if (!isWanted || !stream.isTTY) return { show() {}, clear() {} };
  let shownMs = -EVERY_MS;
  return {
    show(text) {
      const now = performance.now();
      if (now - shownMs < EVERY_MS) return;
      shownMs = now;
      stream.write(CLEAR_LINE + text.slice(0, (stream.columns || DEFAULT_COLUMNS) - 1));
    },
    clear() {
      stream.write(CLEAR_LINE);
    },
  };
}
