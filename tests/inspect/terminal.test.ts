import { type Coroutine, createTask, gather } from "escapement";
import { TERMINAL_START, type TerminalStepper, type Trace, record, screenOf } from "escapement/inspect";
import { describe, expect, it } from "vitest";
import { busy, sleeper, traceOf } from "./programs.ts";

const size = { columns: 100, rows: 30, colour: false };

function screen(trace: Trace, stepper: Partial<TerminalStepper>, given: Partial<typeof size> = {}): string[] {
  return screenOf(trace, { ...TERMINAL_START, ...stepper }, { ...size, ...given }).split("\n");
}

/** The right half: ready queue, timers, tasks. */
const panels = (lines: readonly string[]): string[] =>
  lines
    .slice(1, -2)
    .map((line) => line.slice(50))
    .filter((line) => line !== "");

/** A trace with a source of three lines, and a task that waits in the second. */
function withSource(): Trace {
  const trace = traceOf(busy);
  const frames = [{ name: "main", file: "/somewhere/program.ts", line: 2, column: 1 }];
  const events = trace.events.map((event) =>
    event.kind === "task.suspended" && event["task"] === 1 ? { ...event, frames } : event,
  );
  return { ...trace, sources: { "/somewhere/program.ts": "first\nyield* gather(\nlast" }, events };
}

describe("screenOf", () => {
  it("shows the turn, the clock, the panels, the sentence and the keys", () => {
    const lines = screen(withSource(), { index: 20 });
    expect(lines).toHaveLength(30);
    expect(lines[0]).toBe("turn 2   t=0 ms (virtual clock)   event 20/114");
    expect(lines.slice(1, 5).map((line) => line.slice(0, 49).trimEnd())).toEqual([
      "SOURCE program.ts",
      "    1 first",
      ">   2 yield* gather(   ◀ Task-1",
      "    3 last",
    ]);
    expect(panels(lines)).toEqual([
      "READY, the next one first",
      "  Task-4: spawned",
      "TIMERS",
      "  1 Task-2: sleep",
      "TASKS",
      "  ○ Task-1: gather",
      "    ○ Task-2: sleep",
      "    ○ Task-3: Lock.acquire",
      "    ● Task-4",
    ]);
    expect(lines[28]).toBe("Task-3 hands control back to the loop.");
    expect(lines[29]).toContain("← back  → next");
  });

  it("shows who waits for whom, and marks the selected task", () => {
    expect(panels(screen(withSource(), { index: 20, graph: "waits", selected: 1 })).slice(4)).toEqual([
      "WHO WAITS FOR WHOM",
      "* Task-1 → Task-2",
      "* Task-1 → Task-3",
      "* Task-1 → Task-4",
    ]);
  });

  it("says DEADLOCK", () => {
    const tasks: Record<string, ReturnType<typeof createTask>> = {};
    function* waits(name: string): Coroutine<void> {
      yield;
      yield* tasks[name]!;
    }
    const { trace } = record(
      function* () {
        tasks["a"] = createTask(waits("b"), { name: "a" });
        tasks["b"] = createTask(waits("a"), { name: "b" });
        yield* tasks["a"];
      },
      { lines: false },
    );
    const index = trace.events.findIndex(({ kind }) => kind === "cancel.requested");
    expect(screen(trace, { index }).join("\n")).toContain("! DEADLOCK: a → b");
  });

  it("begins with nothing, and has no line where none is known", () => {
    const lines = screen(traceOf(busy), {});
    expect(lines[1]!.slice(0, 20).trimEnd()).toBe("SOURCE");
    expect(panels(lines)).toEqual(["READY, the next one first", "  –", "TIMERS", "  –", "TASKS", "  –"]);
    expect(lines[28]).toBe("Nothing has happened yet.");
  });

  it("shows the keys in place of the source, and the number that is typed", () => {
    expect(screen(traceOf(busy), { help: true })[2]).toContain("→ l          next event");
    expect(screen(traceOf(busy), { typed: "4" }).at(-1)).toBe("go to event: 4_");
    expect(screen(traceOf(busy), { speed: 16 }).at(-1)).toContain("playing, 16/s");
  });

  it("fits any terminal, at every event", () => {
    const trace = traceOf(() => gather(Array.from({ length: 30 }, (_, i) => sleeper(i))));
    for (let index = 0; index <= trace.events.length; index += 1) {
      for (const [columns, rows] of [
        [100, 30],
        [40, 12],
      ] as const) {
        const lines = screen(trace, { index }, { columns, rows });
        expect(lines).toHaveLength(rows);
        expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(columns);
      }
    }
    expect(screen(trace, { index: 70 }).join("\n")).toMatch(/… \d+ more/);
  });

  it("gives each task a colour of its own, and says the same without", () => {
    const coloured = screen(withSource(), { index: 20 }, { colour: true });
    expect(coloured.join("\n")).toContain("\u001b[38;2;86;180;233mTask-1\u001b[39m");
    // oxlint-disable-next-line no-control-regex -- what a terminal obeys
    const plain = coloured.map((line) => line.replaceAll(/\u001b\[[\d;]*m/g, ""));
    expect(plain).toEqual(screen(withSource(), { index: 20 }));
  });

  it("hands the terminal nothing to obey", () => {
    const trace = traceOf(function* () {
      yield* createTask(sleeper(1), { name: "\u001b[2Jgone" });
    });
    for (const colour of [false, true]) {
      expect(screen(trace, { index: 6 }, { colour }).join("\n")).not.toContain("\u001b[2J");
    }
  });
});
