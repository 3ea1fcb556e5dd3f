import { type Coroutine, createTask, gather, sleep } from "escapement";
import {
  TERMINAL_START,
  type TerminalStepper,
  type Trace,
  narrate,
  playedInTerminal,
  pressedInTerminal,
  screenOf,
  whatIf,
} from "escapement/inspect";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { find, traceOf } from "./programs.ts";

function* two(): Coroutine<void> {
  function* sleeper(delay: number): Coroutine<void> {
    yield* sleep(delay);
  }
  yield* gather([createTask(sleeper(10), { name: "ann" }), createTask(sleeper(20), { name: "bob" })]);
}

const trace = traceOf(two);
const bothReady = find(trace, ({ kind, iteration }) => kind === "iteration" && iteration === 2) + 1;
const other = whatIf(two, trace, bothReady, { run: 3 }, { lines: false }).trace;

function after(keys: readonly string[], from: Partial<TerminalStepper> = {}, beside: Trace | null = null) {
  const start = { ...TERMINAL_START, ...from };
  return keys.reduce((stepper, key) => pressedInTerminal(trace, stepper, key, beside), start);
}

const typed = (text: string): string[] => Array.from(text, (letter) => (letter === " " ? "space" : letter));
const said = ({ index }: TerminalStepper): string => narrate(trace, index - 1);
const screen = (stepper: TerminalStepper, beside: Trace | null = null): string[] =>
  screenOf(trace, stepper, { columns: 100, rows: 30, colour: false }, beside).split("\n");

describe("pressedInTerminal", () => {
  it("goes as pressed does", () => {
    expect(after(["l", "l", "h"])).toEqual({ ...TERMINAL_START, index: 1 });
    expect(after(["g", "1", "2", "enter"]).index).toBe(12);
    expect(after(["g", "b", "l"]).index).toBe(1);
  });

  it("sets a breakpoint, and goes on to it again and again", () => {
    const set = after(["b", ...typed("task bob"), "enter"]);
    expect(set.breakpoint).toBe("task bob");
    expect(said(pressedInTerminal(trace, set, "B", null))).toBe("bob is first in the ready queue, and runs.");
    const third = ["B", "B", "B"].reduce((stepper, key) => pressedInTerminal(trace, stepper, key, null), set);
    expect(third.notice).toBe('"task bob" is not met after this.');
    expect(screen(third).at(-1)).toBe('"task bob" is not met after this.');
    expect(after(["B"]).notice).toBe("No breakpoint is set: b sets one.");
  });

  it("keeps asking for a breakpoint that it does not understand, and takes it away for nothing", () => {
    const asking = after(["b", ...typed("tusk bob"), "enter"]);
    expect(asking.entering?.text).toBe("tusk bob");
    expect(screen(asking).at(-1)).toContain("stop at (line 12, task worker, time 2000, queue > 3): tusk bob_");
    expect(after(["b", "enter"], { breakpoint: "time 5" }).breakpoint).toBe("");
    expect(after(["b", "x", "backspace", "escape"], { breakpoint: "time 5" })).toEqual({
      ...TERMINAL_START,
      breakpoint: "time 5",
    });
  });

  it("shows only the tasks whose names contain what is typed", () => {
    const filtered = after(["end", "/", "b", "o", "enter"]);
    expect(filtered.filter).toBe("bo");
    const panels = screen(filtered).map((line) => line.slice(50).trim());
    expect(panels).toContain("TASKS, those with “bo”");
    expect(panels.filter((line) => line.startsWith("✓"))).toEqual(["✓ bob"]);
    expect(after(["/", "backspace", "backspace", "enter"], { filter: "bo" }).filter).toBe("");
  });

  it("lists what could be decided otherwise, and takes the choice", () => {
    const asking = after(["x"], { index: bothReady });
    const lines = screen(asking).map((line) => line.slice(0, 49).trim());
    expect(lines.slice(1, 7)).toEqual([
      "WHAT IF …",
      "1  bob runs next",
      "2  Task-1 is cancelled",
      "3  ann is cancelled",
      "4  bob is cancelled",
      "(any other key goes back)",
    ]);
    expect(pressedInTerminal(trace, asking, "1", null)).toMatchObject({ asksWhatIf: false, decision: { run: 3 } });
    expect(pressedInTerminal(trace, asking, "3", null)).toMatchObject({ decision: { cancel: 2 } });
    expect(pressedInTerminal(trace, asking, "l", null)).toEqual({ ...TERMINAL_START, index: bothReady });
    expect(screen(after(["end", "x"]))[3]).toContain("there is nothing to decide.");
  });

  it("tells all of its keys in whole sentences", () => {
    const help = screen(after(["?"])).join("\n");
    expect(help).toContain("n N          next, previous step of the selected task\n");
    expect(help).toContain("x            what if: another ready task, or a cancel\n");
    expect(help).not.toContain("…");
  });

  it("shows two runs beside each other, and where they part", () => {
    expect(after(["c"]).notice).toContain("There is one run only");
    expect(after(["d"]).notice).toContain("There is one run only");
    const both = after(["c", "d"], {}, other);
    expect(both).toMatchObject({ beside: true, index: bothReady + 1 });
    const lines = screen(both, other);
    expect(lines).toHaveLength(30);
    expect(lines[0]).toBe(`The two runs part at event ${bothReady + 1}.`);
    expect(lines[1]).toMatch(/^this run {41,}what if bob runs next, at event \d+$/);
    expect(lines[3]).toMatch(/^ann is first in the ready queue, and runs\. +Asked for a task, the scheduler takes num/);
    expect(screen(both, trace)[0]).toBe("The two runs are the same.");
    expect(after(["d"], {}, trace).index).toBe(trace.events.length);
    expect(screen(after(["c", "c"], {}, other), other)[1]).toContain("SOURCE");
  });

  it("stays within both traces, whatever is pressed", () => {
    const keys = ["l", "h", "n", "end", "b", "B", "/", "x", "1", "5", "c", "d", "g", "enter", "escape", "?", "space"];
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.constantFrom(...keys), fc.string()), { maxLength: 30 }), (pressing) => {
        const stepper = after(pressing, {}, other);
        expect(stepper.index >= 0 && stepper.index <= trace.events.length).toBe(true);
        expect(screen(stepper, other)).toHaveLength(30);
      }),
    );
  });
});

describe("playedInTerminal", () => {
  it("stands at a breakpoint, and at the end", () => {
    let stepper: TerminalStepper = after(["b", ...typed("time 10"), "enter", "4"]);
    while (stepper.speed > 0) stepper = playedInTerminal(trace, stepper);
    expect(said(stepper)).toBe("Nothing is ready: the clock goes from 0 to 10.");
    stepper = { ...stepper, speed: 64 };
    while (stepper.speed > 0) stepper = playedInTerminal(trace, stepper);
    expect(stepper.index).toBe(trace.events.length);
  });
});
