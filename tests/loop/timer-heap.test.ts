import fc from "fast-check";
import { EventLoop, TimerHandle, VirtualClock } from "escapement";
import { describe, expect, it } from "vitest";
import { TimerHeap } from "../../src/loop/timer-heap.ts";

/** A heap alone: its timers tell it themselves when they are cancelled. */
function alone(): { heap: TimerHeap; add(when: number): TimerHandle; ages(timers: TimerHandle[]): number[] } {
  const heap = new TimerHeap();
  const loop = new EventLoop({ clock: new VirtualClock() });
  loop.timerCancelled = () => heap.noteCancelled();
  const added: TimerHandle[] = [];
  return {
    heap,
    add(when) {
      const timer = new TimerHandle(loop, when, () => {}, []);
      added.push(timer);
      heap.push(timer);
      return timer;
    },
    // Told by the order of adding, not by what the heap made of it.
    ages: (timers) => timers.map((timer) => added.indexOf(timer)),
  };
}

type Command = { op: "add" | "due"; when: number } | { op: "cancel"; which: number };
const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 5, arbitrary: fc.nat(20).map((when): Command => ({ op: "add", when })) },
  { weight: 3, arbitrary: fc.nat(1000).map((which): Command => ({ op: "cancel", which })) },
  { weight: 1, arbitrary: fc.nat(20).map((when): Command => ({ op: "due", when })) },
);

function drain(heap: TimerHeap, now: number): TimerHandle[] {
  const out: TimerHandle[] = [];
  for (let timer = heap.shiftDue(now); timer !== undefined; timer = heap.shiftDue(now)) out.push(timer);
  return out;
}

describe("TimerHeap", () => {
  it("gives what a sorted list gives, whatever is added, cancelled and taken", () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 500 }), (commands) => {
        const { heap, add, ages } = alone();
        let oracle: TimerHandle[] = [];
        for (const step of commands) {
          if (step.op === "add") {
            oracle.push(add(step.when));
            // A stable sort: equal deadlines stay in the order in which they came.
            oracle.sort((a, b) => a.when() - b.when());
          } else if (step.op === "cancel" && oracle.length > 0) {
            oracle.splice(step.which % oracle.length, 1)[0]!.cancel();
          } else if (step.op === "due") {
            const due = oracle.filter((timer) => timer.when() <= step.when);
            oracle = oracle.filter((timer) => timer.when() > step.when);
            expect(ages(drain(heap, step.when))).toEqual(ages(due));
          }
          expect(heap.live).toBe(oracle.length);
          if (step.op !== "add") expect(heap.nextDeadline()).toBe(oracle[0]?.when() ?? Infinity);
        }
        expect(ages(drain(heap, Infinity))).toEqual(ages(oracle));
      }),
    );
  });

  it("gives equal deadlines in the order they were set", () => {
    const { heap, add, ages } = alone();
    for (let i = 0; i < 1000; i += 1) add(i % 2);
    const even = Array.from({ length: 500 }, (_, i) => i * 2);
    expect(ages(drain(heap, 1))).toEqual([...even, ...even.map((age) => age + 1)]);
  });

  it("lets go of cancelled timers at once when they are more than half of over 100", () => {
    const { heap, add, ages } = alone();
    const timers = Array.from({ length: 120 }, (_, i) => add(i));
    heap.nextDeadline();
    const held: number[] = [];
    for (const timer of timers.slice(0, 61)) {
      timer.cancel();
      held.push(timers.filter((t) => t.scheduled).length);
    }
    expect(held).toEqual([...Array.from({ length: 60 }, () => 120), 59]);
    expect(ages(drain(heap, Infinity))).toEqual(ages(timers.slice(61)));
  });

  it("counts a timer that is cancelled twice once, and one that is cancelled after it was taken not at all", () => {
    const { heap, add } = alone();
    const [first, second, third] = [add(1), add(2), add(3)];
    second.cancel();
    second.cancel();
    expect(heap.shiftDue(1)).toBe(first);
    first.cancel();
    expect([heap.live, heap.nextDeadline()]).toEqual([1, 3]);
    expect(drain(heap, 3)).toEqual([third]);
    expect([heap.live, heap.nextDeadline()]).toEqual([0, Infinity]);
  });
});
