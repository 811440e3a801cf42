// Speaks to a running application server over its control socket.

import { request } from "node:http";
import { CausewayError, ERROR_CODES, type ErrorCode } from "../../contract/errors.ts";
import type { PurgeOutcome } from "../../contract/purge-outcome.ts";
import type { PurgeSelection } from "../../contract/response-cache.ts";
import type { SitesStatus } from "../many-sites/sites-status.ts";
import type { ServerStatus } from "./status.ts";

interface Failure {
  error?: string;
  code?: string;
  remedy?: string;
}

/** Whom a command speaks to. */
export interface ControlTarget {
  /** Of the control socket. */
  path: string;
  /** One of the sites that the server has, where it has many. */
  site?: string;
}

/** Asks for the state. */
export function fetchStatus(target: ControlTarget): Promise<ServerStatus | SitesStatus> {
  return exchange(target, "GET", "/status") as Promise<ServerStatus | SitesStatus>;
}

/** Reloads; rejects with the reason if the new build cannot be loaded. */
export function askReload(target: ControlTarget): Promise<ServerStatus | SitesStatus> {
  return exchange(target, "POST", "/reload") as Promise<ServerStatus | SitesStatus>;
}

export function askScale(target: ControlTarget, workers: number): Promise<ServerStatus> {
  return exchange(target, "POST", "/scale", { workers }) as Promise<ServerStatus>;
}

/** `stopped`: it has ended; otherwise its process will. */
export function askStop(target: ControlTarget, force: boolean): Promise<{ stopped?: boolean }> {
  return exchange(target, "POST", "/stop", { force });
}

/** Removes answers from the caches of whoever listens there. */
export function askPurge(
  target: ControlTarget,
  selections: readonly PurgeSelection[],
): Promise<PurgeOutcome> {
  return exchange(target, "POST", "/purge", { selections }) as Promise<PurgeOutcome>;
}

function exchange(target: ControlTarget, method: string, action: string, body?: object): Promise<object> {
  const { path: socketPath, site } = target;
  const path = site === undefined ? action : `/sites/${encodeURIComponent(site)}${action}`;
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
    "Cannot reach the application server: none with workers is running for this build",
    {
      remedy: `Start one with \`causeway start\`. It was looked for at ${path}.`,
      cause,
    },
  );
}
