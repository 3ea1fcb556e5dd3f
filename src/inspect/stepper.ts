import type { TaskView } from "./moment.ts";
import { type RecordedEvent, type Trace, recorded } from "./trace.ts";
import { viewAt } from "./view.ts";

/** Where somebody is who steps through a trace. */
export interface Stepper {
  /** How many events have happened. */
  readonly index: number;
  /** The task that `n` and `N` follow; null for none. */
  readonly selected: number | null;
  /** Who made whom, or who waits for whom. */
  readonly graph: "tree" | "waits";
  readonly help: boolean;
  /** Digits of the event to go to, while they are typed. */
  readonly typed: string | null;
  /** Events a second; 0 while it stands. */
  readonly speed: number;
}

/** At the beginning. */
export const STEPPER_START: Stepper = { index: 0, selected: null, graph: "tree", help: false, typed: null, speed: 0 };

/** What each key does, in the words of the help. */
export const STEPPER_KEYS: readonly (readonly [keys: string, does: string])[] = [
  ["→ l", "next event"],
  ["← h", "back one event"],
  ["Shift+→ L", "next turn of the loop"],
  ["Shift+← H", "back one turn"],
  ["Home End", "the beginning, the end"],
  ["n N", "next, previous step of the selected task"],
  ["Tab", "select the next task"],
  ["t T", "next, previous jump of the clock"],
  ["g", "go to an event: type its number, Enter"],
  ["Space", "play, pause"],
  ["1 2 3 4", "how fast: 1, 4, 16, 64 events a second"],
  ["a", "task tree, or who waits for whom"],
  ["?", "these keys"],
  ["q", "quit"],
];

const SPEEDS: Readonly<Record<string, number>> = { "1": 1, "2": 4, "3": 16, "4": 64 };

/** Where one is after a key. Keys that mean nothing change nothing. */
export function pressed(trace: Trace, stepper: Stepper, key: string): Stepper {
  if (stepper.typed !== null) return typing(trace, stepper, stepper.typed, key);
  const events = recorded(trace);
  const go = (index: number): Stepper => ({ ...stepper, index: clamp(index, events.length), speed: 0 });
  const seek = (matches: (event: RecordedEvent) => boolean, way: 1 | -1): Stepper =>
    go(find(events, stepper.index, matches, way));
  switch (key) {
    case "right":
    case "l":
      return go(stepper.index + 1);
    case "left":
    case "h":
      return go(stepper.index - 1);
    case "shift-right":
    case "L":
      return seek(isTurn, 1);
    case "shift-left":
    case "H":
      return seek(isTurn, -1);
    case "home":
      return go(0);
    case "end":
      return go(events.length);
    case "n":
      return seek((event) => isStepOf(event, stepper.selected), 1);
    case "N":
      return seek((event) => isStepOf(event, stepper.selected), -1);
    case "t":
      return seek(isJump, 1);
    case "T":
      return seek(isJump, -1);
    case "tab":
      return { ...stepper, selected: nextTask(viewAt(trace, stepper.index).tasks, stepper.selected) };
    case "g":
      return { ...stepper, typed: "" };
    case "space":
      return { ...stepper, speed: stepper.speed === 0 ? 4 : 0 };
    case "a":
      return { ...stepper, graph: stepper.graph === "tree" ? "waits" : "tree" };
    case "?":
      return { ...stepper, help: !stepper.help };
    default:
      return Object.hasOwn(SPEEDS, key) ? { ...stepper, speed: SPEEDS[key]! } : stepper;
  }
}

/** One event further while it plays; at the end it stands. */
export function played(trace: Trace, stepper: Stepper): Stepper {
  const index = Math.min(stepper.index + 1, trace.events.length);
  return { ...stepper, index, speed: index === trace.events.length ? 0 : stepper.speed };
}

function typing(trace: Trace, stepper: Stepper, typed: string, key: string): Stepper {
  if (/^\d$/.test(key)) return { ...stepper, typed: `${typed}${key}` };
  if (key === "backspace") return { ...stepper, typed: typed.slice(0, -1) };
  if (key !== "enter" || typed === "") return { ...stepper, typed: null };
  return { ...stepper, typed: null, index: clamp(Number(typed), trace.events.length), speed: 0 };
}

/** The index after the next event that matches, or after the last before the one that just happened. */
function find(
  events: readonly RecordedEvent[],
  index: number,
  matches: (event: RecordedEvent) => boolean,
  way: 1 | -1,
): number {
  for (let i = way === 1 ? index : index - 2; i >= 0 && i < events.length; i += way) {
    if (matches(events[i]!)) return i + 1;
  }
  return way === 1 ? events.length : 0;
}

function isTurn({ kind }: RecordedEvent): boolean {
  return kind === "iteration";
}

function isJump({ kind }: RecordedEvent): boolean {
  return kind === "time.passed";
}

// Without a selected task, of any.
function isStepOf(event: RecordedEvent, task: number | null): boolean {
  return event.kind === "ready.popped" && event.task !== null && (task === null || event.task === task);
}

function nextTask(tasks: readonly TaskView[], selected: number | null): number | null {
  const place = tasks.findIndex(({ id }) => id === selected);
  return tasks[place + 1]?.id ?? null;
}

function clamp(index: number, length: number): number {
  return Math.max(0, Math.min(index, length));
}
