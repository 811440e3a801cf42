import { describe, expect, it } from "vitest";
import { Cancellation, departureOf, toAbortSignal } from "../../../src/contract/cancellation.ts";

describe("Cancellation", () => {
  it("tells functions and objects once, in order, with the first reason", () => {
    const cancellation = new Cancellation();
    const heard: string[] = [];
    const first = () => heard.push(`first ${cancellation.reason}`);
    cancellation.addEventListener("abort", first);
    cancellation.addEventListener("abort", first);
    cancellation.addEventListener("abort", { handleEvent: () => heard.push("object") });
    cancellation.abort("left");
    cancellation.abort("again");
    expect([heard, cancellation.aborted, cancellation.reason]).toEqual([
      ["first left", "object"],
      true,
      "left",
    ]);
  });

  it("forgets who does not listen any more, and calls nobody who comes too late", () => {
    const cancellation = new Cancellation();
    const heard: string[] = [];
    const gone = () => heard.push("gone");
    cancellation.addEventListener("abort", gone);
    cancellation.addEventListener("abort", () => heard.push("stays"));
    cancellation.removeEventListener("abort", gone);
    cancellation.removeEventListener("abort", gone);
    cancellation.abort("left");
    cancellation.addEventListener("abort", () => heard.push("late"));
    expect(heard).toEqual(["stays"]);
  });

  it("tells everybody, also who listens behind one that stops listening", () => {
    const cancellation = new Cancellation();
    const heard: string[] = [];
    const once = () => {
      cancellation.removeEventListener("abort", once);
      heard.push("once");
    };
    cancellation.addEventListener("abort", once);
    cancellation.addEventListener("abort", () => heard.push("next"));
    cancellation.abort("left");
    expect(heard).toEqual(["once", "next"]);
  });
});

describe("toAbortSignal", () => {
  it("is the signal itself where that is the platform's", () => {
    const { signal } = new AbortController();
    expect(toAbortSignal(signal)).toBe(signal);
  });

  it.each([true, false])("follows a cancellation, given before: %s", (isBefore) => {
    const cancellation = new Cancellation();
    if (isBefore) cancellation.abort("left");
    const signal = toAbortSignal(cancellation);
    expect(signal.aborted).toBe(isBefore);
    cancellation.abort("left");
    expect([signal.aborted, signal.reason]).toEqual([true, "left"]);
  });
});

describe("departureOf", () => {
  it("is the signal of a request that is none of our servers'", () => {
    const { signal } = new AbortController();
    const request = new Request("http://site.test/", { signal });
    expect(departureOf(request)).toBe(request.signal);
  });
});
