import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { TERMINAL_START, type Trace, narrate, screenOf } from "../inspect/index.ts";
import {
  type Asked,
  LESSONS,
  type Lesson,
  type Reading,
  choiceFor,
  lessonNamed,
  questionsOf,
  recordLesson,
  rerunLesson,
} from "../lessons/index.ts";
import { Answers } from "./answers.ts";
import { loadProgram } from "./load-program.ts";
import { type Stepped, StepperScreen, wantsColour } from "./stepper-screen.ts";
import { UsageError } from "./usage-error.ts";

const USAGE = "learn [<lesson>] [--plain]";
const SUMMARY =
  "Teaches how the loop works, in lessons: a program runs, and you say what comes next; --plain writes lines and nothing else.";

/** `escapement learn`, `escapement learn lock`. */
export const learn: { readonly usage: string; readonly summary: string; run(args: string[]): Promise<number> } = {
  usage: USAGE,
  summary: SUMMARY,
  async run(args) {
    const { values, positionals } = parse(args);
    if (values.help === true) {
      process.stdout.write(`Usage: escapement ${USAGE}\n\n${SUMMARY}\n`);
      return 0;
    }
    const [name, extra] = positionals;
    if (extra !== undefined) throw new UsageError(`learn takes one lesson, and found "${extra}" after "${name}".`);
    const first = name === undefined ? null : lessonNamed(name);
    if (name !== undefined && first === null) throw new UsageError(`${unknown(name)}\n${list()}`);
    const pictures = values.plain !== true && process.stdin.isTTY && process.stdout.isTTY;
    await new School(pictures).open(first);
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

function unknown(name: string): string {
  return `there is no one lesson "${name}". Say its number or its name:`;
}

function list(): string {
  return LESSONS.map(({ name, title }) => `  ${name.padEnd(20)} ${title}`).join("\n");
}

/** Nothing more is answered: the pupil has left. */
const LEFT = Symbol("left");

/** Asks until somebody leaves, with `q` or at the end of the input. */
class School {
  readonly #pictures: boolean;
  readonly #answers = new Answers();

  constructor(pictures: boolean) {
    this.#pictures = pictures;
  }

  async open(first: Lesson | null): Promise<void> {
    try {
      let lesson: Lesson | null = first ?? (await this.#chooseLesson());
      while (lesson !== null) {
        await this.#teach(lesson);
        lesson = await this.#chooseNext(lesson);
      }
    } catch (left) {
      if (left !== LEFT) throw left;
    } finally {
      this.#answers.close();
      process.stdout.write("\n");
    }
  }

  // ---- which lesson

  async #chooseLesson(): Promise<Lesson> {
    this.#clear();
    this.#say(`LESSONS\n${list()}\n`);
    let answer = await this.#ask("Which one? Its number or name, or q to leave: ");
    let lesson = lessonNamed(answer);
    while (lesson === null) {
      answer = await this.#ask(`There is no one lesson "${answer.trim()}". Its number or name, or q to leave: `);
      lesson = lessonNamed(answer);
    }
    return lesson;
  }

  async #chooseNext(lesson: Lesson): Promise<Lesson | null> {
    const next = LESSONS[LESSONS.indexOf(lesson) + 1];
    const offered = next === undefined ? "That was the last one. Enter" : `Enter for “${next.title}”, l`;
    const answer = await this.#ask(`${offered} for the list, q to leave: `);
    return next === undefined || answer.trim().toLowerCase() === "l" ? this.#chooseLesson() : next;
  }

  // ---- one lesson

  async #teach(lesson: Lesson): Promise<void> {
    const program = await loadProgram(fileOf(lesson));
    const trace = recordLesson(program);
    const asked = questionsOf(lesson, trace);
    const run: Stepped = { trace, rerun: (index, decision) => rerunLesson(program, trace, index, decision) };
    this.#clear();
    this.#say(`${Object.values(trace.sources)[0]?.trimEnd() ?? ""}\n`);
    this.#say(`${bold(`LESSON ${lesson.name}. ${lesson.title}`, this.#colour)}\n${this.#wrap(lesson.opening)}\n`);
    await this.#ask("Enter to begin: ");
    let atOnce = 0;
    let told = 0;
    for (const [number, question] of asked.entries()) {
      const heading = `${number + 1} of ${asked.length}`;
      if (!this.#pictures) this.#say(`\n${story(trace, told, question.index)}`);
      told = question.index;
      if (await this.#put(question, run, heading)) atOnce += 1;
    }
    this.#close(lesson, `${atOnce} of ${asked.length} at the first try.`);
  }

  /** Asks one question until the answer is right; whether it was at once. */
  async #put(asked: Asked, run: Stepped, heading: string): Promise<boolean> {
    let atOnce = true;
    let remark = "";
    while (true) {
      this.#show(asked, run.trace, heading, remark);
      const answer = await this.#ask(this.#pictures ? "Your answer (s steps through the run): " : "Your answer: ");
      const choice = choiceFor(asked, answer);
      if (this.#pictures && answer.trim() === "s") {
        await this.#step({ ...run, index: asked.index });
        remark = "";
      } else if (choice === null) {
        remark = `That is none of the answers. Type a number from 1 to ${asked.choices.length}, or the words; q leaves.`;
      } else if (choice.right) {
        this.#say(`\n${this.#wrap(`Right. ${choice.because}`)}\n`);
        await this.#ask("Enter to go on: ");
        return atOnce;
      } else {
        atOnce = false;
        remark = `No, not “${choice.label}”. ${choice.because}`;
      }
    }
  }

  #show(asked: Asked, trace: Trace, heading: string, remark: string): void {
    const question = [
      this.#wrap(`${heading}. ${asked.scene}`),
      bold(asked.question, this.#colour),
      ...asked.choices.map(({ label }, i) => `  ${i + 1}  ${label}`),
    ].join("\n");
    const below = remark === "" ? question : `${question}\n\n${this.#wrap(remark)}`;
    if (!this.#pictures) {
      this.#say(remark === "" ? `\n${question}` : `\n${this.#wrap(remark)}\n\n${question}`);
      return;
    }
    // Room is left for what is said when the answer is right.
    const rows = Math.max(10, process.stdout.rows - below.split("\n").length - 6);
    this.#clear();
    this.#say(`${this.#picture(trace, asked.index, rows)}\n\n${below}`);
  }

  #picture(trace: Trace, index: number, rows: number): string {
    const size = { columns: process.stdout.columns, rows: rows + 1, colour: this.#colour };
    // Without the last line, which names the stepper's keys.
    return screenOf(trace, { ...TERMINAL_START, index }, size)
      .split("\n")
      .slice(0, -1)
      .join("\n");
  }

  #close({ closing, cpython, here }: Lesson, score: string): void {
    this.#clear();
    this.#say(`${this.#wrap(closing)}\n`);
    this.#say(`${bold("IN CPYTHON", this.#colour)}\n${this.#wrap(cpython.says)}`);
    this.#say(cpython.read.map(({ file, name }) => `  read ${name} in Lib/${file}`).join("\n"));
    this.#say(`\n${bold("HERE", this.#colour)}\n${here.map(reading).join("\n")}\n\n${score}\n`);
  }

  async #step(run: Stepped): Promise<void> {
    this.#answers.close();
    await new StepperScreen(run).run();
  }

  // ---- how

  async #ask(prompt: string): Promise<string> {
    const answer = await this.#answers.next(prompt);
    if (answer === null || answer.trim().toLowerCase() === "q") throw LEFT;
    return answer;
  }

  #say(text: string): void {
    process.stdout.write(`${text}\n`);
  }

  #clear(): void {
    process.stdout.write(this.#pictures ? "\u001b[2J\u001b[H" : "\n");
  }

  get #colour(): boolean {
    return this.#pictures && wantsColour();
  }

  #wrap(text: string): string {
    return wrap(text, Math.min(this.#pictures ? process.stdout.columns : 100, 110) - 1);
  }
}

/** What happens from one event to another, where there is no picture of what has come of it. */
function story(trace: Trace, from: number, to: number): string {
  const told = Array.from({ length: to - from }, (_, i) => `  ${narrate(trace, from + i)}`);
  return told.length === 0 ? "  (nothing more has happened)" : told.join("\n");
}

function reading({ file, name }: Reading): string {
  return `  read ${name} in ${file}`;
}

function bold(text: string, colour: boolean): string {
  return colour ? `\u001b[1m${text}\u001b[22m` : text;
}

function wrap(text: string, width: number): string {
  const lines: string[] = [""];
  for (const word of text.split(" ")) {
    const longer = lines.at(-1) === "" ? word : `${lines.at(-1)!} ${word}`;
    if (longer.length <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines.join("\n");
}

// Beside the sources as TypeScript, in the package as JavaScript.
function fileOf({ name }: Lesson): string {
  const path = import.meta.url.endsWith(".ts") ? `../../examples/lessons/${name}.ts` : `../examples/lessons/${name}.js`;
  return fileURLToPath(new URL(path, import.meta.url));
}
