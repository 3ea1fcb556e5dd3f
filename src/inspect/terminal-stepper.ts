import { nextStop, parseBreakpoint } from "./breakpoint.ts";
import { firstDivergence } from "./diverge.ts";
import { STEPPER_KEYS, STEPPER_START, type Stepper, played, pressed } from "./stepper.ts";
import type { Trace } from "./trace.ts";
import type { Decision } from "./rerun.ts";
import { type Alternative, alternativesAt } from "./what-if.ts";

/** Where somebody is who steps through a trace in a terminal: there is one keyboard, and one screen, for everything. */
export interface TerminalStepper extends Stepper {
  /** What is being typed, besides the number of an event. */
  readonly entering: { readonly what: "breakpoint" | "filter"; readonly text: string } | null;
  /** As it was typed; empty for none. */
  readonly breakpoint: string;
  /** Tasks whose name does not contain it are left out. */
  readonly filter: string;
  /** Whether it lists what could be decided otherwise. */
  readonly asksWhatIf: boolean;
  /** Whether the other run is shown beside. */
  readonly beside: boolean;
  /** What was chosen to be decided otherwise: for whoever can run the program again. */
  readonly decision: Decision | null;
  /** What there is to say, until the next key. */
  readonly notice: string;
}

/** At the beginning. */
export const TERMINAL_START: TerminalStepper = {
  ...STEPPER_START,
  entering: null,
  breakpoint: "",
  filter: "",
  asksWhatIf: false,
  beside: false,
  decision: null,
  notice: "",
};

/** What each key does, in the words of the help. */
export const TERMINAL_KEYS: readonly (readonly [keys: string, does: string])[] = [
  ...STEPPER_KEYS.filter(([keys]) => keys !== "?" && keys !== "q"),
  ["b B", "set a breakpoint, go on to it"],
  ["/", "show some tasks only"],
  ["x", "what if: another ready task, or a cancel"],
  ["c", "the other run, beside this one"],
  ["d", "where the two runs part"],
  ["?", "these keys"],
  ["q", "quit"],
];

const ALONE = "There is one run only: x makes another, and step takes two files.";
const MENU_KEYS = "123456789abcdefghijklmnopqrstuvwxyz";

/** What could be decided otherwise where one is, each with the key that chooses it. */
export function menuOf(trace: Trace, index: number): (Alternative & { readonly key: string })[] {
  return alternativesAt(trace, index)
    .slice(0, MENU_KEYS.length)
    .map((alternative, i) => ({ ...alternative, key: MENU_KEYS[i]! }));
}

/**
 * As `pressed`, with the keys that only the terminal has.
 *
 * @param other - The run beside it; null when there is none.
 */
export function pressedInTerminal(
  trace: Trace,
  before: TerminalStepper,
  key: string,
  other: Trace | null,
): TerminalStepper {
  const stepper = { ...before, notice: "" };
  if (stepper.entering !== null) return entering(stepper, stepper.entering, key);
  if (stepper.asksWhatIf) return choosing(trace, stepper, key);
  if (stepper.typed !== null) return { ...stepper, ...pressed(trace, stepper, key) };
  switch (key) {
    case "b":
      return { ...stepper, entering: { what: "breakpoint", text: "" } };
    case "B":
      return toBreakpoint(trace, stepper);
    case "/":
      return { ...stepper, entering: { what: "filter", text: stepper.filter } };
    case "x":
      return { ...stepper, asksWhatIf: true, help: false, speed: 0 };
    case "c":
      return other === null ? { ...stepper, notice: ALONE } : { ...stepper, beside: !stepper.beside };
    case "d":
      return other === null ? { ...stepper, notice: ALONE } : { ...stepper, index: partingOf(trace, other), speed: 0 };
    default:
      return { ...stepper, ...pressed(trace, stepper, key) };
  }
}

/** As `played`; it stands at the breakpoint, too. */
export function playedInTerminal(trace: Trace, stepper: TerminalStepper): TerminalStepper {
  const next = { ...stepper, ...played(trace, stepper) };
  return breakAfter(trace, stepper) === next.index ? { ...next, speed: 0 } : next;
}

function entering(
  stepper: TerminalStepper,
  { what, text }: NonNullable<TerminalStepper["entering"]>,
  key: string,
): TerminalStepper {
  const typed = key === "space" ? " " : key;
  if (Array.from(typed).length === 1) return { ...stepper, entering: { what, text: text + typed } };
  if (key === "backspace") return { ...stepper, entering: { what, text: text.slice(0, -1) } };
  const left = { ...stepper, entering: null };
  if (key !== "enter") return left;
  if (what === "filter") return { ...left, filter: text };
  // What means none is asked for again; nothing at all takes it away.
  const understood = text.trim() === "" || parseBreakpoint(text) !== null;
  return understood ? { ...left, breakpoint: text.trim() } : stepper;
}

function toBreakpoint(trace: Trace, stepper: TerminalStepper): TerminalStepper {
  const { breakpoint } = stepper;
  const index = breakAfter(trace, stepper);
  if (index !== null) return { ...stepper, index, speed: 0 };
  return {
    ...stepper,
    notice: breakpoint === "" ? "No breakpoint is set: b sets one." : `"${breakpoint}" is not met after this.`,
  };
}

function choosing(trace: Trace, stepper: TerminalStepper, key: string): TerminalStepper {
  const chosen = menuOf(trace, stepper.index).find((one) => one.key === key);
  return { ...stepper, asksWhatIf: false, decision: chosen?.decision ?? null };
}

function breakAfter(trace: Trace, { index, breakpoint }: TerminalStepper): number | null {
  const parsed = parseBreakpoint(breakpoint);
  return parsed === null ? null : nextStop(trace, index, parsed);
}

/** After the first event that differs, so that both runs tell it; the end of two that are the same. */
function partingOf(trace: Trace, other: Trace): number {
  const { events } = trace;
  return Math.min((firstDivergence(trace, other)?.index ?? events.length) + 1, events.length);
}
