import { gather } from "escapement";
import { STEPPER_KEYS, STEPPER_START, type Stepper, type Trace, played, pressed } from "escapement/inspect";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { busy, find, narrated, sleeper, traceOf } from "./programs.ts";

const trace = traceOf(busy);

function after(...keys: string[]): Stepper {
  return keys.reduce((stepper, key) => pressed(trace, stepper, key), STEPPER_START);
}

/** The event that has just happened. */
function at(stepper: Stepper, of: Trace = trace): string {
  return stepper.index === 0 ? "nothing" : narrated(of, stepper.index - 1);
}

describe("pressed", () => {
  it("goes an event forwards and back, and no further than there are events", () => {
    expect([after("l"), after("right", "l"), after("l", "l", "h"), after("left")].map(({ index }) => index)).toEqual([
      1, 2, 1, 0,
    ]);
    expect(after("end").index).toBe(trace.events.length);
    expect(after("end", "l").index).toBe(trace.events.length);
    expect(after("end", "home").index).toBe(0);
  });

  it("goes from turn to turn", () => {
    expect(at(after("L"))).toBe("Iteration 1 begins.");
    expect(at(after("L", "shift-right"))).toBe("Iteration 2 begins.");
    expect(at(after("L", "L", "l", "l", "H"))).toBe("Iteration 2 begins.");
    expect(at(after("L", "L", "shift-left"))).toBe("Iteration 1 begins.");
    expect(at(after("L", "H"))).toBe("nothing");
  });

  it("goes from step to step, of any task or of the selected one", () => {
    expect(at(after("n", "n"))).toBe("Task-2 is first in the ready queue, and runs.");
    const selected = after("n", "n", "tab", "tab", "tab");
    expect(selected.selected).toBe(3);
    expect(at(pressed(trace, selected, "n"))).toBe("Task-3 is first in the ready queue, and runs.");
    const third = ["n", "n", "n"].reduce((stepper, key) => pressed(trace, stepper, key), selected);
    expect(third.index).toBeGreaterThan(pressed(trace, third, "N").index);
    expect(at(pressed(trace, third, "N"))).toBe("Task-3 is first in the ready queue, and runs.");
  });

  it("selects the tasks that are there in turn, then none", () => {
    expect(after("tab").selected).toBe(null);
    expect(after("l", "tab").selected).toBe(1);
    expect(after("l", "tab", "tab").selected).toBe(null);
  });

  it("goes from jump to jump of the clock", () => {
    expect(at(after("t", "t"))).toBe("Nothing is ready: the clock goes from 1 to 2.");
    expect(at(after("t", "t", "T"))).toBe("Nothing is ready: the clock goes from 0 to 1.");
    expect(after("t", "t", "t", "t").index).toBe(trace.events.length);
  });

  it("goes to the event whose number is typed", () => {
    expect(after("g", "4", "2", "enter")).toEqual({ ...STEPPER_START, index: 42 });
    expect(after("g", "4", "5", "backspace", "2").typed).toBe("42");
    expect(after("g", "9", "9", "9", "9", "enter").index).toBe(trace.events.length);
    expect(after("g", "4", "escape")).toEqual(STEPPER_START);
    expect(after("g", "enter")).toEqual(STEPPER_START);
  });

  it("plays, faster and slower, and stands at any step and at the end", () => {
    expect([after("space"), after("3"), after("3", "space"), after("4", "l")].map(({ speed }) => speed)).toEqual([
      4, 16, 0, 0,
    ]);
    const short = traceOf(() => gather([sleeper(1)]));
    let stepper = pressed(short, STEPPER_START, "4");
    for (let i = 0; i < short.events.length; i += 1) stepper = played(short, stepper);
    expect(stepper).toEqual({ ...STEPPER_START, index: short.events.length });
    expect(played(short, stepper)).toEqual(stepper);
  });

  it("turns the graph and the help over", () => {
    expect([after("a").graph, after("a", "a").graph]).toEqual(["waits", "tree"]);
    expect([after("?").help, after("?", "?").help]).toEqual([true, false]);
  });

  it("stays within the trace, whatever is pressed", () => {
    const keys = ["l", "h", "L", "H", "home", "end", "n", "N", "t", "T", "tab", "g", "7", "enter", "space", "a", "?"];
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.constantFrom(...keys), fc.string()), { maxLength: 30 }), (pressing) => {
        const { index, speed } = after(...pressing);
        expect(Number.isInteger(index) && index >= 0 && index <= trace.events.length && speed >= 0).toBe(true);
      }),
    );
  });

  it("undoes a step forwards by a step back, at every event", () => {
    const all = Array.from({ length: trace.events.length }, (_, index) => ({ ...STEPPER_START, index }));
    expect(all.map((stepper) => pressed(trace, pressed(trace, stepper, "l"), "h"))).toEqual(all);
  });

  it("knows the keys that the help names", () => {
    expect(STEPPER_KEYS.map(([keys]) => keys.split(" ")[0])).toContain("→");
    expect(find(trace, ({ kind }) => kind === "iteration")).toBe(after("L").index - 1);
  });
});
