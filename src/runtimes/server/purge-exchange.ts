// How does a purge on one node reach the others? Over Redis: each is an entry of a stream, and a message on a
// channel says that there is one. What a node has missed while it was away it finds in the stream; if the stream
// does not reach back far enough, it drops everything, because it cannot know what it should have dropped.

import { randomUUID } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { LogSink } from "../../contract/platform.ts";
import { parsePurgeSelection } from "../../contract/purge-selection.ts";
import type { PurgeSelection } from "../../contract/response-cache.ts";
import { connectRedis, type RedisPair } from "./redis-pair.ts";

export interface PurgeExchangeOptions {
  url: string;
  /** Of the messages; the stream has the same name with `:log` behind it. */
  channel: string;
  /** Purges here, and tells nobody else. */
  apply(selection: PurgeSelection): Promise<unknown>;
  log: LogSink;
  /** File that remembers what has been applied, where kept answers outlive the process. */
  positionFile?: string | undefined;
}

export interface PurgeExchange {
  /** Tells the other nodes, now or when Redis can be reached again. */
  publish(selection: PurgeSelection): void;
  close(): Promise<void>;
}

/** Entries that the stream keeps, about. */
const MAX_ENTRIES = 10_000;
/** Purges that wait for Redis; with more, everything is purged. */
const MAX_PENDING = 1_000;
/** A message may get lost where a connection breaks without notice. */
const LOOK_EVERY_MS = 15_000;
const CLOSING_MS = 1_000;
const START = "0-0";

/** Joins the other nodes; goes on trying for as long as Redis cannot be reached. */
export async function joinPurgeExchange(options: PurgeExchangeOptions): Promise<PurgeExchange> {
  const member = new Member(options);
  await member.start();
  return member;
}

class Member implements PurgeExchange {
  readonly #options: PurgeExchangeOptions;
  readonly #stream: string;
  /** Tells our own entries from those of others. */
  readonly #node = randomUUID();
  /** Of the last entry that has been applied; undefined before the first look. */
  #position: string | undefined;
  #pending: PurgeSelection[] = [];
  #redis: RedisPair | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;
  /** Looks and sendings, one after the other. */
  #work: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(options: PurgeExchangeOptions) {
    this.#options = options;
    this.#stream = `${options.channel}:log`;
  }

  async start(): Promise<void> {
    const { url, channel, log, positionFile } = this.#options;
    if (positionFile !== undefined) {
      this.#position = await readFile(positionFile, "utf8").catch(() => undefined);
    }
    this.#redis = await connectRedis({
      url,
      channel,
      log,
      onReady: () => this.#synchronize(),
      onMessage: (text) => this.#hear(text),
    });
    this.#timer = setInterval(() => this.#synchronize(), LOOK_EVERY_MS);
    this.#timer.unref?.();
  }

  publish(selection: PurgeSelection): void {
    this.#pending = this.#pending.length < MAX_PENDING ? [...this.#pending, selection] : [{ kind: "all" }];
    this.#synchronize();
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    // What could not be sent for as long as Redis was away is lost with the process: the others are on their own.
    if (this.#redis?.isReady()) await Promise.race([this.#work, sleep(CLOSING_MS)]);
    this.#isClosed = true;
    await this.#redis?.close();
  }

  /** Nodes say where to look; other programs may send a purge itself. */
  #hear(text: string): void {
    const selection = parseMessage(text);
    if (selection === undefined) this.#synchronize();
    else void this.#apply(selection);
  }

  #synchronize(): void {
    this.#work = this.#work.then(() => this.#exchange());
  }

  async #exchange(): Promise<void> {
    if (this.#isClosed || !this.#redis?.isReady()) return;
    try {
      await this.#receive(this.#redis);
      await this.#send(this.#redis);
    } catch (error) {
      // The connection broke; everything is done again when it is back.
      if (this.#redis.isReady()) this.#options.log.error("Cannot exchange purges with other nodes", error);
    }
  }

  async #receive(redis: RedisPair): Promise<void> {
    const entries = await this.#readNew(redis);
    if (entries === undefined) {
      this.#options.log.warn("Purges of other nodes may have been missed: the cache is emptied");
      await this.#apply({ kind: "all" });
      return this.#moveTo(await redis.lastEntryId(this.#stream));
    }
    for (const { id, message } of entries) {
      const selection = parseMessage(message.selection);
      if (message.node !== this.#node && selection !== undefined) await this.#apply(selection);
      await this.#moveTo(id);
    }
  }

  /** Entries that are new to this node; undefined if some may be missing. */
  async #readNew(redis: RedisPair) {
    const position = this.#position;
    if (position === undefined) {
      // In memory only nothing is older than this process.
      if (this.#options.positionFile !== undefined) return undefined;
      await this.#moveTo(await redis.lastEntryId(this.#stream));
      return [];
    }
    // A stream that does not know the position any more has been cut off behind it, or lost.
    if (position !== START && !(await redis.hasEntry(this.#stream, position))) return undefined;
    const entries = await redis.entriesAfter(this.#stream, position);
    return position === START && entries.length >= MAX_ENTRIES ? undefined : entries;
  }

  async #send(redis: RedisPair): Promise<void> {
    for (let next = this.#pending[0]; next !== undefined; next = this.#pending[0]) {
      const entry = { node: this.#node, selection: JSON.stringify(next) };
      const id = await redis.append(this.#stream, entry, MAX_ENTRIES);
      this.#pending = this.#pending.slice(1);
      await redis.publish(this.#options.channel, id);
    }
  }

  async #apply(selection: PurgeSelection): Promise<void> {
    try {
      await this.#options.apply(selection);
    } catch (error) {
      this.#options.log.error("Cannot purge what another node has purged", error);
    }
  }

  async #moveTo(id: string | undefined): Promise<void> {
    this.#position = id ?? START;
    const { positionFile, log } = this.#options;
    if (positionFile === undefined) return;
    await writeFile(positionFile, this.#position).catch((error: unknown) =>
      log.error(`Cannot note in "${positionFile}" which purges have been applied`, error),
    );
  }
}

function parseMessage(text: string | undefined): PurgeSelection | undefined {
  try {
    return parsePurgeSelection(JSON.parse(text ?? ""));
  } catch {
    return undefined;
  }
}
