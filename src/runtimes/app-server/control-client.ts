// Speaks to a running application server over its control socket.

import { request } from "node:http";
import { CausewayError, ERROR_CODES, type ErrorCode } from "../../contract/errors.ts";
import type { PurgeOutcome } from "../../contract/purge-outcome.ts";
import type { PurgeSelection } from "../../contract/response-cache.ts";
import type { ServerStatus } from "./status.ts";

interface Failure {
  error?: string;
  code?: string;
  remedy?: string;
}

/** Asks for the state. */
export function fetchStatus(path: string): Promise<ServerStatus> {
  return exchange(path, "GET", "/status") as Promise<ServerStatus>;
}

/** Reloads; rejects with the reason if the new build cannot be loaded. */
export function askReload(path: string): Promise<ServerStatus> {
  return exchange(path, "POST", "/reload") as Promise<ServerStatus>;
}

export function askScale(path: string, workers: number): Promise<ServerStatus> {
  return exchange(path, "POST", "/scale", { workers }) as Promise<ServerStatus>;
}

export async function askStop(path: string, force: boolean): Promise<void> {
  await exchange(path, "POST", "/stop", { force });
}

/** Removes answers from the caches of whoever listens there. */
export function askPurge(path: string, selections: readonly PurgeSelection[]): Promise<PurgeOutcome> {
  return exchange(path, "POST", "/purge", { selections }) as Promise<PurgeOutcome>;
}

function exchange(socketPath: string, method: string, path: string, body?: object): Promise<object> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ socketPath, method, path, headers: { host: "localhost" } }, (incoming) => {
      let text = "";
      incoming.on("data", (chunk) => {
        text += chunk;
      });
      incoming.on("error", (error) => reject(unreachable(socketPath, error)));
      incoming.on("end", () => {
        const document = parseAnswer(text);
        if ((incoming.statusCode ?? 500) < 300) resolve(document);
        else reject(toError(document as Failure));
      });
    });
    outgoing.once("error", (error) => reject(unreachable(socketPath, error)));
    outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

function parseAnswer(text: string): object {
  try {
    return JSON.parse(text) as object;
  } catch {
    return { error: text.trim() };
  }
}

function toError({ error = "it gave no reason", code, remedy }: Failure): CausewayError {
  const known = code !== undefined && Object.hasOwn(ERROR_CODES, code) ? (code as ErrorCode) : "internal";
  return new CausewayError(known, error, remedy === undefined ? {} : { remedy });
}

function unreachable(path: string, cause: Error): CausewayError {
  return new CausewayError(
    "not-running",
    "Cannot reach the application server: none is running for this build",
    {
      remedy: `Start one with \`causeway start --workers 2\`. It was looked for at ${path}.`,
      cause,
    },
  );
}
