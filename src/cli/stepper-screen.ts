import { emitKeypressEvents } from "node:readline";
import {
  type Decision,
  TERMINAL_START,
  type TerminalStepper,
  type Trace,
  firstDivergence,
  playedInTerminal,
  pressedInTerminal,
  screenOf,
} from "../inspect/index.ts";

const ENTER_SCREEN = "\u001b[?1049h\u001b[?25l";
const LEAVE_SCREEN = "\u001b[?25h\u001b[?1049l";

interface Key {
  readonly name?: string;
  readonly sequence?: string;
  readonly ctrl?: boolean;
  readonly shift?: boolean;
}

/** What is stepped through. */
export interface Stepped {
  readonly trace: Trace;
  /** A second run, to be compared. */
  readonly other?: Trace;
  /** Where to begin: after so many events. */
  readonly index?: number;
  /** Runs the program again with one thing decided otherwise; absent where there is no program. */
  readonly rerun?: (index: number, decision: Decision) => Trace;
}

/** Whether colours are wanted; see https://no-color.org. */
export function wantsColour(): boolean {
  return (process.env["NO_COLOR"] ?? "") === "";
}

/** The screen and the keys. */
export class StepperScreen {
  readonly #trace: Trace;
  readonly #rerun: Stepped["rerun"];
  #other: Trace | null;
  #stepper: TerminalStepper;
  #timer: NodeJS.Timeout | null = null;
  #leave: () => void = () => {};

  constructor({ trace, other, index = 0, rerun }: Stepped) {
    this.#trace = trace;
    this.#rerun = rerun;
    this.#other = other ?? null;
    this.#stepper = { ...TERMINAL_START, index, beside: other !== undefined };
    if (other !== undefined) this.#stepper = pressedInTerminal(trace, this.#stepper, "d", other);
  }

  /** Until `q`. */
  async run(): Promise<void> {
    const { stdin, stdout } = process;
    emitKeypressEvents(stdin);
    stdin.setRawMode(true);
    stdin.resume();
    stdin.on("keypress", this.#onKey);
    stdout.on("resize", this.#draw);
    stdout.write(ENTER_SCREEN);
    this.#draw();
    try {
      await new Promise<void>((resolve) => (this.#leave = resolve));
    } finally {
      this.#play(0);
      stdin.off("keypress", this.#onKey);
      stdout.off("resize", this.#draw);
      stdin.setRawMode(false);
      stdin.pause();
      stdout.write(LEAVE_SCREEN);
    }
  }

  readonly #onKey = (text: string | undefined, key: Key): void => {
    const name = nameOf(text, key);
    const { typed, entering, asksWhatIf } = this.#stepper;
    const isTyping = typed !== null || entering !== null || asksWhatIf;
    if (name === "quit" || (name === "q" && !isTyping)) {
      this.#leave();
      return;
    }
    const next = pressedInTerminal(this.#trace, this.#stepper, name, this.#other);
    this.#move(next.decision === null ? next : this.#decide(next, next.decision));
  };

  #move(stepper: TerminalStepper): void {
    if (stepper.speed !== this.#stepper.speed) this.#play(stepper.speed);
    this.#stepper = stepper;
    this.#draw();
  }

  /** Runs the program again, and opens that run beside the first, where they part. */
  #decide(stepper: TerminalStepper, decision: Decision): TerminalStepper {
    const stays = { ...stepper, decision: null };
    if (this.#rerun === undefined) {
      return { ...stays, notice: "This is a recorded run. To run it again: escapement step program.ts" };
    }
    try {
      this.#other = this.#rerun(stepper.index, decision);
    } catch (error) {
      return { ...stays, notice: (error as Error).message };
    }
    const parting = firstDivergence(this.#trace, this.#other);
    return { ...stays, beside: true, index: parting === null ? stepper.index : parting.index + 1 };
  }

  #play(speed: number): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    const next = (): void => this.#move(playedInTerminal(this.#trace, this.#stepper));
    this.#timer = speed === 0 ? null : setInterval(next, 1000 / speed);
  }

  readonly #draw = (): void => {
    const { columns, rows } = process.stdout;
    const size = { columns, rows, colour: wantsColour() };
    const screen = screenOf(this.#trace, this.#stepper, size, this.#other);
    process.stdout.write(`\u001b[H${screen.replaceAll("\n", "\u001b[K\r\n")}\u001b[J`);
  };
}

function nameOf(text: string | undefined, { name, ctrl, shift }: Key): string {
  if (ctrl === true) return name === "c" || name === "d" ? "quit" : "";
  if (name === "right" || name === "left") return shift === true ? `shift-${name}` : name;
  if (name === "return") return "enter";
  if (name === undefined || name.length === 1) return text ?? "";
  return name;
}
