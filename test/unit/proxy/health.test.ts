import { describe, expect, it } from "vitest";
import { createJudge } from "../../../src/proxy/active-health.ts";
import { CircuitBreaker } from "../../../src/proxy/circuit-breaker.ts";
import { PassiveHealth } from "../../../src/proxy/passive-health.ts";
import { mayRepeat } from "../../../src/proxy/retry.ts";
import { createManualClock } from "./upstream-settings.ts";

describe("passive health", () => {
  const settings = { maxFails: 2, failTimeoutMs: 1_000, slowStartMs: 500, failureStatuses: [] };

  it("takes a server out after so many failures within the time, not after old ones", () => {
    const clock = createManualClock();
    const health = new PassiveHealth(settings, clock);
    health.fail();
    clock.advance(1_500);
    health.fail();
    expect(health.isIn()).toBe(true);
    health.fail();
    expect(health.isIn()).toBe(false);
  });

  it("gives a server that came back its share little by little", () => {
    const clock = createManualClock();
    const health = new PassiveHealth(settings, clock);
    health.fail();
    health.fail();
    clock.advance(1_000);
    health.begin();
    health.succeed();
    expect(health.share()).toBe(0);
    clock.advance(250);
    expect(health.share()).toBe(0.5);
    clock.advance(250);
    expect(health.share()).toBe(1);
  });

  it("never takes a server out when failures do not count", () => {
    const health = new PassiveHealth({ ...settings, maxFails: 0 }, createManualClock());
    for (let turn = 0; turn < 9; turn += 1) health.fail();
    expect(health.isIn()).toBe(true);
  });
});

describe("active checks", () => {
  it("change the verdict only after enough checks in a row", () => {
    const settings = {
      path: "/",
      intervalMs: 1,
      timeoutMs: 1,
      healthyAfter: 2,
      unhealthyAfter: 3,
      statuses: { from: 200, to: 299 },
    };
    const judge = createJudge(settings);
    const verdicts = [false, false, true, false, false, false, true, false, true, true].map(judge);
    expect(verdicts).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
      false,
      undefined,
      undefined,
      undefined,
      true,
    ]);
  });
});

describe("circuit breaker", () => {
  const settings = { failureRatio: 0.5, minimumRequests: 4, windowMs: 1_000, openMs: 2_000 };

  it("opens at the ratio, not before there are enough requests", () => {
    const breaker = new CircuitBreaker(settings, createManualClock());
    breaker.fail();
    breaker.fail();
    breaker.succeed();
    expect(breaker.permits()).toBe(true);
    breaker.fail();
    expect(breaker.permits()).toBe(false);
  });

  it("lets one request decide when its time is over", () => {
    const clock = createManualClock();
    const breaker = new CircuitBreaker(settings, clock);
    for (let turn = 0; turn < 4; turn += 1) breaker.fail();
    clock.advance(2_000);
    expect(breaker.permits()).toBe(true);
    breaker.begin();
    expect(breaker.permits()).toBe(false);
    breaker.fail();
    expect(breaker.permits()).toBe(false);
    clock.advance(2_000);
    expect(breaker.permits()).toBe(true);
    breaker.begin();
    breaker.succeed();
    expect(breaker.permits()).toBe(true);
  });
});

describe("repeating", () => {
  it.each([
    ["POST", false, false, true],
    ["POST", true, false, false],
    ["PATCH", true, false, false],
    ["GET", true, false, true],
    ["PUT", true, false, true],
    ["PUT", true, true, false],
    ["POST", false, true, false],
  ])("%s, sent %s, body used %s: %s", (method, wasSent, bodyUsed, expected) => {
    expect(mayRepeat({ method, wasSent, bodyUsed })).toBe(expected);
  });
});
