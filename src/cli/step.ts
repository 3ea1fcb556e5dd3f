import { emitKeypressEvents } from "node:readline";
import { parseArgs } from "node:util";
import {
  STEPPER_START,
  type Stepper,
  type Trace,
  narrate,
  played,
  pressed,
  record,
  screenOf,
} from "../inspect/index.ts";
import { loadProgram } from "./load-program.ts";
import { loadTrace } from "./load-trace.ts";
import { reportError } from "./report-error.ts";
import { UsageError } from "./usage-error.ts";

const USAGE = "step <program or trace file> [--plain]";
const SUMMARY =
  "Steps forwards and backwards through a run: of a program, in virtual time, or one that was recorded; --plain tells it in sentences.";

/** `escapement step program.ts`. */
export const step: { readonly usage: string; readonly summary: string; run(args: string[]): Promise<number> } = {
  usage: USAGE,
  summary: SUMMARY,
  async run(args) {
    const { values, positionals } = parse(args);
    if (values.help === true) {
      process.stdout.write(`Usage: escapement ${USAGE}\n\n${SUMMARY}\n`);
      return 0;
    }
    const [file, extra] = positionals;
    if (file === undefined) throw new UsageError("step through what? The file is missing.");
    if (extra !== undefined) throw new UsageError(`step takes one file, and found "${extra}" after "${file}".`);
    const trace = file.endsWith(".json") ? loadTrace(file) : await recordProgram(file);
    if (values.plain === true || !process.stdin.isTTY || !process.stdout.isTTY) tell(trace);
    else await new Terminal(trace).run();
    return 0;
  },
};

function parse(args: string[]): { values: { plain?: boolean; help?: boolean }; positionals: string[] } {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: { plain: { type: "boolean" }, help: { type: "boolean", short: "h" } },
    });
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
}

/** A program that fails is worth stepping through: its error is said, and its trace is shown. */
async function recordProgram(file: string): Promise<Trace> {
  process.setSourceMapsEnabled(true);
  const recording = record(await loadProgram(file), { header: { program: file, clock: "virtual" } });
  if ("error" in recording) process.stderr.write(`${reportError(recording.error, file)}\n`);
  return recording.trace;
}

function tell(trace: Trace): void {
  for (const index of trace.events.keys()) process.stdout.write(`${narrate(trace, index)}\n`);
}

const ENTER_SCREEN = "\u001b[?1049h\u001b[?25l";
const LEAVE_SCREEN = "\u001b[?25h\u001b[?1049l";

interface Key {
  readonly name?: string;
  readonly sequence?: string;
  readonly ctrl?: boolean;
  readonly shift?: boolean;
}

/** The screen and the keys. */
class Terminal {
  readonly #trace: Trace;
  #stepper: Stepper = STEPPER_START;
  #timer: NodeJS.Timeout | null = null;
  #leave: () => void = () => {};

  constructor(trace: Trace) {
    this.#trace = trace;
  }

  /** Until `q`. */
  async run(): Promise<void> {
    const { stdin, stdout } = process;
    emitKeypressEvents(stdin);
    stdin.setRawMode(true);
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
    if (name === "quit" || (name === "q" && this.#stepper.typed === null)) {
      this.#leave();
      return;
    }
    this.#move(pressed(this.#trace, this.#stepper, name));
  };

  #move(stepper: Stepper): void {
    if (stepper.speed !== this.#stepper.speed) this.#play(stepper.speed);
    this.#stepper = stepper;
    this.#draw();
  }

  #play(speed: number): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = speed === 0 ? null : setInterval(() => this.#move(played(this.#trace, this.#stepper)), 1000 / speed);
  }

  readonly #draw = (): void => {
    const { columns, rows } = process.stdout;
    const colour = (process.env["NO_COLOR"] ?? "") === "";
    const screen = screenOf(this.#trace, this.#stepper, { columns, rows, colour });
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
