import { type ReadonlySignal, type Signal, batch, computed, signal } from "@preact/signals";
import type { Trace } from "../../src/inspect/trace.ts";
import { Theatre } from "../../src/inspect/viewer/theatre.ts";
import { type Alternative, alternativesAt } from "../../src/inspect/what-if.ts";
import { EXAMPLES, type Example, exampleNamed } from "./examples.ts";
import { type Job, MOST_WAITS } from "./job.ts";
import { hashOfProgram, readHash } from "./link.ts";
import { Pupil } from "./pupil.ts";
import { type Running, start } from "./runner.ts";
import { PROGRAM, type Translated, translate } from "./translate.ts";

/** What is said of what was done: `alarm` of what could not be. */
export interface Message {
  readonly kind: "note" | "alarm";
  readonly text: string;
}

interface Ran {
  readonly text: string;
  readonly program: Translated;
  readonly trace: Trace;
}

const NOT_RUN: Trace = { version: 1, header: { clock: "virtual" }, sources: {}, events: [] };

/** A program that is written, run, walked through, run otherwise, and given away. */
export class Playground {
  readonly theatre: Theatre;
  readonly text: Signal<string> = signal("");
  /** What was chosen to begin with; null for what came by a link. */
  readonly example: Signal<Example | null> = signal(null);
  readonly running: Signal<Running | null> = signal(null);
  readonly message: Signal<Message | null> = signal(null);
  readonly pupil: Signal<Pupil | null> = signal(null);
  readonly isAsking: Signal<boolean> = signal(false);
  readonly #ran: Signal<Ran | null> = signal(null);
  /** Whether the run on stage is one of what stands in the editor. */
  readonly isFresh: ReadonlySignal<boolean> = computed(() => this.#ran.value?.text === this.text.value);

  constructor() {
    this.theatre = new Theatre({ runs: [{ name: PROGRAM, trace: NOT_RUN }], problems: [] }, [
      { key: "x", does: "what if? something decided otherwise here", press: () => this.askWhatIf() },
    ]);
  }

  // ---- what stands in the editor

  /** What the address names; the first example where it names nothing. What came by a link is not run before it was read. */
  async openLink(hash: string): Promise<void> {
    try {
      const linked = await readHash(hash);
      if (linked === null) await this.open(EXAMPLES[0]!);
      else if ("program" in linked) this.#openForeign(linked.program);
      else await this.open(lessonNamed(linked.lesson));
    } catch (error) {
      await this.open(EXAMPLES[0]!);
      this.message.value = { kind: "alarm", text: (error as Error).message };
    }
  }

  async open(example: Example): Promise<void> {
    batch(() => {
      this.example.value = example;
      this.text.value = example.text;
    });
    await this.run();
  }

  #openForeign(program: string): void {
    this.#forget();
    batch(() => {
      this.example.value = null;
      this.text.value = program;
      this.pupil.value = null;
      this.#ran.value = null;
      this.theatre.open({ name: PROGRAM, trace: NOT_RUN });
      this.message.value = { kind: "note", text: "This program came with the link. Read it, then run it." };
    });
  }

  /** Puts it into the address, and where it can, into the clipboard. */
  async share(): Promise<void> {
    const { lesson, text } = this.example.value ?? {};
    const isLesson = lesson !== undefined && lesson !== null && text === this.text.value;
    const hash = isLesson ? `#lesson=${lesson.name}` : await hashOfProgram(this.text.value);
    history.replaceState(null, "", hash);
    const copied = await navigator.clipboard?.writeText(location.href).then(
      () => true,
      () => false,
    );
    const where = copied ? "copied, and in the address bar" : "in the address bar";
    const what = isLesson ? "the lesson" : "the program itself: nothing is stored anywhere";
    this.message.value = { kind: "note", text: `The link is ${where}. It holds ${what}.` };
  }

  // ---- the run

  async run(): Promise<void> {
    const text = this.text.value;
    const program = translate(text);
    const outcome = await this.#outcomeOf({ program, text, otherwise: null });
    if (outcome === null) return;
    if ("problem" in outcome) {
      this.message.value = { kind: "alarm", text: `${outcome.problem}${suspicion(outcome.problem, program)}` };
      return;
    }
    const { trace, held } = outcome;
    batch(() => {
      this.#ran.value = { text, program, trace };
      this.theatre.open({ name: PROGRAM, trace });
      this.message.value = held ? { kind: "alarm", text: HELD } : null;
      const { lesson = null, text: taught } = this.example.value ?? {};
      this.pupil.value = lesson !== null && taught === text ? new Pupil(lesson, trace, this.theatre) : null;
    });
  }

  stop(): void {
    this.running.value?.stop();
  }

  // ---- what if

  /** What could be decided otherwise at the moment on stage. */
  get alternatives(): readonly Alternative[] {
    const { value: ran } = this.#ran;
    return ran === null ? [] : alternativesAt(ran.trace, this.theatre.stepper.value.index);
  }

  askWhatIf(): void {
    if (this.#ran.value === null) this.theatre.notice.value = "Run the program first.";
    else if (this.pupil.value?.isThrough === false) this.theatre.notice.value = "After the lesson.";
    else this.isAsking.value = true;
  }

  /** Runs the program again, with one thing decided otherwise; both runs stand side by side. */
  async decide({ decision, label }: Alternative): Promise<void> {
    this.isAsking.value = false;
    const { text, program, trace } = this.#ran.value!;
    const { index } = this.theatre.stepper.value;
    const outcome = await this.#outcomeOf({ program, text, otherwise: { trace, index, decision } });
    if (outcome === null) return;
    if ("problem" in outcome) {
      this.message.value = { kind: "alarm", text: outcome.problem };
      return;
    }
    batch(() => {
      this.message.value = outcome.held ? { kind: "alarm", text: HELD } : null;
      this.theatre.runs.value = this.theatre.runs.value.map((run) => ({ ...run, name: "As it was" }));
      this.theatre.showBeside({ name: `What if ${label}?`, trace: outcome.trace });
    });
  }

  /** Back to the one run, and the editor. */
  closeOther(): void {
    const { runs } = this.theatre;
    runs.value = runs.value.slice(0, 1).map((run) => ({ ...run, name: PROGRAM }));
    this.theatre.go(Math.min(this.theatre.stepper.value.index, this.theatre.lead.value.events.length));
  }

  // ---- how

  /** Null when another was started, or another program opened, in the meantime. */
  async #outcomeOf(job: Job): Promise<Awaited<Running["outcome"]> | null> {
    this.#forget();
    const running = start(job);
    this.running.value = running;
    const outcome = await running.outcome;
    if (this.running.value !== running) return null;
    this.running.value = null;
    return outcome;
  }

  /** Ends what runs; what comes of it is nobody's business any more. */
  #forget(): void {
    const running = this.running.value;
    this.running.value = null;
    running?.stop();
  }
}

function lessonNamed(name: string): Example {
  const found = exampleNamed(name);
  if (found === null) throw new Error(`The link names a lesson “${name}”, and there is none.`);
  return found;
}

const HELD = `The program waited more than ${MOST_WAITS} times, and was held: it would go on for ever, or longer than anyone could read. Here is its beginning.`;

function suspicion(problem: string, { suspect }: Translated): string {
  return suspect !== null && problem.startsWith("SyntaxError") ? ` (near line ${suspect})` : "";
}
