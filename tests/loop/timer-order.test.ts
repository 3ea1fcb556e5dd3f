import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EventLoop, VirtualClock } from "../../src/index.ts";

describe("EventLoop.callLater", () => {
  it("runs what is not cancelled by deadline, then by age, whatever is cancelled on the way", () => {
    const timers = fc.array(fc.record({ delay: fc.nat(20), cancelled: fc.boolean() }), { maxLength: 400 });
    fc.assert(
      fc.property(timers, (specs) => {
        const loop = new EventLoop({ clock: new VirtualClock() });
        const ran: number[] = [];
        const handles = specs.map(({ delay }, i) => loop.callLater(delay, () => ran.push(i)));
        specs.forEach(({ cancelled }, i) => {
          if (cancelled) handles[i]!.cancel();
        });
        loop.callLater(21, () => loop.stop());
        loop.runForever();
        const expected = specs
          .map(({ delay, cancelled }, i) => ({ delay, cancelled, i }))
          .filter(({ cancelled }) => !cancelled)
          .toSorted((a, b) => a.delay - b.delay || a.i - b.i)
          .map(({ i }) => i);
        expect(ran).toEqual(expected);
      }),
    );
  });
});
