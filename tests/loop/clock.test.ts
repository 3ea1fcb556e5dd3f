import { EventLoop, MonotonicClock, ValueError, VirtualClock } from "escapement";
import { describe, expect, it } from "vitest";

describe("VirtualClock", () => {
  it("starts where it is told, jumps to the deadline, and never goes back", () => {
    const clock = new VirtualClock({ start: 100 });
    const trace = [clock.now()];
    for (const deadline of [5000, 200, -Infinity, 5000.5]) {
      clock.waitUntil(deadline);
      trace.push(clock.now());
    }
    expect(trace).toEqual([100, 5000, 5000, 5000, 5000.5]);
    expect(new VirtualClock().now()).toBe(0);
  });

  it("refuses a start that is no point in time", () => {
    for (const start of [Number.NaN, Infinity, -Infinity]) {
      expect(() => new VirtualClock({ start })).toThrow(ValueError);
    }
  });

  it("does not move while callbacks run", () => {
    const loop = new EventLoop({ clock: new VirtualClock() });
    const trace: number[] = [];
    loop.callLater(10, () => {
      for (let i = 0; i < 3; i += 1) trace.push(loop.time());
      loop.stop();
    });
    loop.runForever();
    expect(trace).toEqual([10, 10, 10]);
  });
});

describe("MonotonicClock", () => {
  it("waits at least the time given, and not at all for what has passed", () => {
    const clock = new MonotonicClock();
    const start = clock.now();
    clock.waitUntil(start + 20);
    const waited = clock.now() - start;
    expect(waited).toBeGreaterThanOrEqual(20);
    expect(waited).toBeLessThan(5000);
    clock.waitUntil(start);
    expect(clock.now()).toBeGreaterThanOrEqual(start + waited);
  });

  it("runs timers in order, none before its time", () => {
    const loop = new EventLoop();
    const start = loop.time();
    const early: number[] = [];
    const order: number[] = [];
    for (const delay of [20, 5, 10]) {
      loop.callLater(delay, () => {
        order.push(delay);
        if (loop.time() - start < delay) early.push(delay);
        if (delay === 20) loop.stop();
      });
    }
    loop.runForever();
    expect({ order, early }).toEqual({ order: [5, 10, 20], early: [] });
  });
});
