// The one table of operational failures. docs/errors.md lists the same codes; a test compares them.

export const ERROR_CODES = {
  "invalid-project": { title: "The project has mistakes", exitCode: 1 },
  "port-in-use": { title: "The port is taken", exitCode: 1 },
  "address-unavailable": { title: "The address cannot be bound", exitCode: 1 },
  "build-missing": { title: "There is no build to serve", exitCode: 1 },
  "site-format": { title: "The build was made by another version", exitCode: 1 },
  "bad-usage": { title: "The command line was not understood", exitCode: 1 },
  "tool-missing": { title: "A program that the command needs is missing", exitCode: 1 },
  "tool-failed": { title: "A program that the command ran failed", exitCode: 1 },
  "application-boot": { title: "The application threw while loading", exitCode: 1 },
  "parity-missed": { title: "The answers of a moving route are not equal enough", exitCode: 1 },
  "not-running": { title: "No application server is running", exitCode: 1 },
  "store-credentials": { title: "The asset store's credentials are missing", exitCode: 1 },
  "store-refused": { title: "The asset store refused", exitCode: 1 },
  "store-unreachable": { title: "The asset store cannot be reached", exitCode: 1 },
  interrupted: { title: "A signal ended the command before it was done", exitCode: 130 },
  internal: { title: "A fault in Causeway", exitCode: 70 },
} as const satisfies Record<string, { title: string; exitCode: number }>;

export type ErrorCode = keyof typeof ERROR_CODES;

/** A failure of operation: message says what could not be done, `remedy` how to go on. */
export class CausewayError extends Error {
  readonly code: ErrorCode;
  readonly remedy: string | undefined;
  /** The site owner's mistakes behind it, if that is what failed. */
  readonly problems: import("./problem.ts").Problem[];

  constructor(
    code: ErrorCode,
    message: string,
    options: { remedy?: string; cause?: unknown; problems?: import("./problem.ts").Problem[] } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "CausewayError";
    this.code = code;
    this.remedy = options.remedy;
    this.problems = options.problems ?? [];
  }
}
