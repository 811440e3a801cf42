// Two connections to a Redis, one that listens and one that asks, with @redis/client, which is loaded on first use.

import type { RedisClientType } from "@redis/client";
import { CausewayError } from "../../contract/errors.ts";
import type { LogSink } from "../../contract/platform.ts";

export interface RedisPairOptions {
  url: string;
  channel: string;
  log: LogSink;
  /** Called whenever both connections are there, at first and again. */
  onReady(): void;
  onMessage(text: string): void;
}

export interface StreamEntry {
  id: string;
  message: Record<string, string>;
}

/** The few commands that are needed; all reject while there is no connection. */
export interface RedisPair {
  isReady(): boolean;
  /** Undefined: there is none. */
  lastEntryId(stream: string): Promise<string | undefined>;
  hasEntry(stream: string, id: string): Promise<boolean>;
  entriesAfter(stream: string, id: string): Promise<StreamEntry[]>;
  append(stream: string, entry: Record<string, string>, maxEntries: number): Promise<string>;
  publish(channel: string, text: string): Promise<void>;
  close(): Promise<void>;
}

const LONGEST_WAIT_MS = 5_000;
/** A connection that is broken without notice is found out. */
const PING_EVERY_MS = 5_000;

/** Connects in the background, and again whenever a connection breaks. */
export async function connectRedis(options: RedisPairOptions): Promise<RedisPair> {
  const { url, channel, log, onReady, onMessage } = options;
  const createClient = await loadClient();
  const asking = createClient({
    url,
    disableOfflineQueue: true,
    pingInterval: PING_EVERY_MS,
    socket: { reconnectStrategy: waitBefore, connectTimeout: LONGEST_WAIT_MS },
  }) as RedisClientType;
  const listening = asking.duplicate();
  const isReady = () => asking.isReady && listening.isReady;
  reportOutage(asking, log);
  // Both break together; one of them says so.
  listening.on("error", () => {});
  // Its own subscriptions are there again before it says that it is ready.
  for (const client of [asking, listening]) client.on("ready", () => isReady() && onReady());
  void asking.connect().catch(() => undefined);
  void listening
    .connect()
    .then(() => listening.subscribe(channel, onMessage))
    .then(onReady, () => undefined);
  return {
    isReady,
    async lastEntryId(stream) {
      const last = await asking.xRevRange(stream, "+", "-", { COUNT: 1 });
      return last?.[0]?.id;
    },
    hasEntry: async (stream, id) => ((await asking.xRange(stream, id, id)) ?? []).length > 0,
    entriesAfter: async (stream, id) => (await asking.xRange(stream, `(${id}`, "+")) ?? [],
    append(stream, entry, maxEntries) {
      const TRIM = { strategy: "MAXLEN", strategyModifier: "~", threshold: maxEntries } as const;
      return asking.xAdd(stream, "*", entry, { TRIM });
    },
    async publish(channelName, text) {
      await asking.publish(channelName, text);
    },
    async close() {
      asking.destroy();
      listening.destroy();
    },
  };
}

async function loadClient(): Promise<typeof import("@redis/client").createClient> {
  try {
    return (await import("@redis/client")).createClient;
  } catch (cause) {
    throw new CausewayError(
      "tool-missing",
      "Cannot exchange purges over Redis: @redis/client is not installed",
      {
        remedy: "Install it beside the build: npm install @redis/client",
        cause,
      },
    );
  }
}

/** Twice as long each time, not all nodes at the same moment. */
function waitBefore(attempt: number): number {
  return Math.min(LONGEST_WAIT_MS, 100 * 2 ** Math.min(attempt, 10)) * (0.75 + Math.random() / 2);
}

/** Says once that it is gone and once that it is back, not at every attempt. */
function reportOutage(client: RedisClientType, log: LogSink): void {
  let isOut = false;
  client.on("error", (error: unknown) => {
    if (!isOut) log.error("Redis cannot be reached: purges of other nodes come when it is back", error);
    isOut = true;
  });
  client.on("ready", () => {
    if (isOut) log.warn("Redis is back");
    isOut = false;
  });
}
