import type { Socket } from "node:net";
import { describe, expect, it } from "vitest";
import {
  ConnectionDealer,
  monotonicMs,
  type Offer,
} from "../../../../src/runtimes/app-server/connection-dealer.ts";

/** What the dealer does with a connection: closes its own end. */
function createSocket(): Socket {
  const socket = { destroyed: false, destroy: () => (socket.destroyed = true) };
  return socket as unknown as Socket;
}

function createWorker(dealer: ConnectionDealer, id: number) {
  const got: { socket: Socket; offer: Offer }[] = [];
  dealer.add(id, (socket, offer) => got.push({ socket, offer }));
  return got;
}

describe("dealing connections", () => {
  it("keeps them until there is a worker", () => {
    const dealer = new ConnectionDealer();
    const socket = createSocket();
    dealer.deal(socket);
    expect(dealer.waiting).toBe(1);
    expect(createWorker(dealer, 1).map((one) => one.socket)).toEqual([socket]);
    expect(dealer.waiting).toBe(0);
  });

  it("gives each to the worker with the fewest, in turn where they are equal", () => {
    const dealer = new ConnectionDealer();
    const [one, other] = [createWorker(dealer, 1), createWorker(dealer, 2)];
    const deal = (count: number) => {
      for (let index = 0; index < count; index++) {
        dealer.deal(createSocket());
        dealer.took(1, one.length, []);
        dealer.took(2, other.length, []);
      }
    };
    deal(10);
    expect([one.length, other.length]).toEqual([5, 5]);
    dealer.reported(1, 8);
    dealer.reported(2, 2);
    deal(4);
    expect([one.length, other.length]).toEqual([5, 9]);
  });

  it("passes over a worker that has not taken what it got, as long as another one does", () => {
    const dealer = new ConnectionDealer();
    const [deaf, sound] = [createWorker(dealer, 1), createWorker(dealer, 2)];
    for (let index = 0; index < 20; index++) {
      dealer.deal(createSocket());
      dealer.took(2, sound.length, []);
    }
    expect(deaf.length).toBe(1);
    expect(sound.length).toBe(19);
  });

  it("closes its own end when a worker has taken over, not before", () => {
    const dealer = new ConnectionDealer();
    const got = createWorker(dealer, 1);
    const socket = createSocket();
    dealer.deal(socket);
    expect(socket.destroyed).toBe(false);
    dealer.took(1, got[0]?.offer.number ?? 0, []);
    expect(socket.destroyed).toBe(true);
  });

  it("gives what a dead worker had not taken to another, and nothing that it had", () => {
    const dealer = new ConnectionDealer();
    createWorker(dealer, 1);
    const [taken, untaken] = [createSocket(), createSocket()];
    dealer.deal(taken);
    dealer.deal(untaken);
    const other = createWorker(dealer, 2);
    dealer.took(1, 1, []);
    dealer.remove(1);
    expect(other.map(({ socket }) => socket)).toEqual([untaken]);
  });

  it("takes back an offer after both sides agree that it has lapsed", () => {
    const dealer = new ConnectionDealer();
    const deaf = createWorker(dealer, 1);
    const socket = createSocket();
    dealer.deal(socket);
    const sound = createWorker(dealer, 2);
    const takeUntil = deaf[0]?.offer.takeUntil ?? 0;
    expect(takeUntil).toBeGreaterThan(monotonicMs());
    dealer.recall(takeUntil + 100);
    expect(sound).toEqual([]);
    dealer.recall(takeUntil + 300);
    expect(sound.map((one) => one.socket)).toEqual([socket]);
    // What the deaf worker says afterwards changes nothing.
    dealer.took(1, 1, [1]);
    expect(sound).toHaveLength(1);
    expect(socket.destroyed).toBe(false);
  });

  it("leaves an offer with the only worker, which will say that it was late", () => {
    const dealer = new ConnectionDealer();
    const busy = createWorker(dealer, 1);
    dealer.deal(createSocket());
    dealer.recall(monotonicMs() + 60_000);
    expect(busy).toHaveLength(1);
    dealer.took(1, 1, [1]);
    expect(busy).toHaveLength(2);
  });

  it("gives an offer that a worker read too late to another at once", () => {
    const dealer = new ConnectionDealer();
    createWorker(dealer, 1);
    const socket = createSocket();
    dealer.deal(socket);
    const other = createWorker(dealer, 2);
    dealer.retire(1);
    dealer.took(1, 1, [1]);
    expect(other.map((one) => one.socket)).toEqual([socket]);
  });

  it("has few offers under way to a worker; the rest waits here, for whoever has time", () => {
    const dealer = new ConnectionDealer();
    const busy = createWorker(dealer, 1);
    for (let count = 0; count < 10; count++) dealer.deal(createSocket());
    expect([busy.length, dealer.waiting]).toEqual([4, 6]);
    dealer.took(1, 1, []);
    expect([busy.length, dealer.waiting]).toEqual([5, 5]);
    const other = createWorker(dealer, 2);
    expect([other.length, dealer.waiting]).toEqual([4, 1]);
  });

  it("gives a worker that computes for long more time with each offer that lapses, and others no turn before", () => {
    const dealer = new ConnectionDealer();
    const busy = createWorker(dealer, 1);
    const [first, second] = [createSocket(), createSocket()];
    for (let count = 0; count < 3; count++) dealer.deal(createSocket());
    dealer.deal(first);
    dealer.deal(second);
    const limits: number[] = [];
    for (let number = 4; number < 7; number++) {
      const { offer, socket } = busy.at(-1) as { offer: Offer; socket: Socket };
      expect(socket).toBe(first);
      limits.push(offer.takeUntil - monotonicMs());
      dealer.took(1, offer.number, [offer.number]);
      // Room enough by now: what waited has come after it.
      if (number === 4) expect(busy.pop()?.socket).toBe(second);
    }
    for (const [index, limit] of limits.entries()) expect(limit / (250 * 2 ** index)).toBeCloseTo(1, 1);
  });

  it("gives nothing to a worker that leaves", () => {
    const dealer = new ConnectionDealer();
    const leaving = createWorker(dealer, 1);
    dealer.retire(1);
    dealer.deal(createSocket());
    expect(leaving).toEqual([]);
    expect(dealer.waiting).toBe(1);
  });
});
