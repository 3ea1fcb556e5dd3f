import { type Signal, batch, signal } from "@preact/signals";
import { type EventKind, type Trace, recorded } from "../../src/inspect/trace.ts";
import type { Theatre } from "../../src/inspect/viewer/theatre.ts";
import type { Lesson, Question } from "../../src/lessons/lesson.ts";
import { type Asked, type Choice, questionsOf } from "../../src/lessons/questions.ts";
import { PROGRAM } from "./translate.ts";

/** Where somebody is in a lesson. */
export type Stage =
  | { readonly at: "opening" }
  | { readonly at: "question"; readonly number: number; readonly wrong: Choice | null }
  | { readonly at: "answered"; readonly number: number; readonly right: Choice }
  | { readonly at: "closing" };

/** The events that show what was asked about. */
const SHOWN_BY: Readonly<Record<Question["ask"], readonly EventKind[]>> = {
  "who runs next": ["ready.popped", "time.passed"],
  "what is printed next": ["mark"],
  "when is the next line printed": ["mark"],
  "how does it end": ["task.done"],
};

/** Somebody who takes a lesson: what is to come is on stage when it has been said, and not before. */
export class Pupil {
  readonly lesson: Lesson;
  readonly asked: readonly Asked[];
  readonly stage: Signal<Stage> = signal({ at: "opening" });
  readonly #trace: Trace;
  readonly #theatre: Theatre;
  readonly #atOnce = new Set<number>();

  constructor(lesson: Lesson, trace: Trace, theatre: Theatre) {
    this.lesson = lesson;
    this.asked = questionsOf(lesson, trace);
    this.#trace = trace;
    this.#theatre = theatre;
    this.#goTo({ at: "opening" }, 0);
  }

  /** Whether nothing is left to be asked. */
  get isThrough(): boolean {
    return this.#horizon === this.#trace.events.length;
  }

  /** How many were answered at the first try. */
  get score(): number {
    return this.#atOnce.size;
  }

  /** The next question; after the last, the end. */
  goOn(): void {
    const stage = this.stage.value;
    const number = stage.at === "answered" ? stage.number + 1 : 0;
    if (number === this.asked.length) this.stage.value = { at: "closing" };
    else this.#goTo({ at: "question", number, wrong: null }, this.asked[number]!.index);
  }

  /** One of the choices, by its words: those of a card in the ready queue are the name of its task. */
  answer(label: string): void {
    const stage = this.stage.value;
    if (stage.at !== "question") return;
    const { number } = stage;
    const { choices, index } = this.asked[number]!;
    const choice = choices.find((one) => one.label === label);
    if (choice === undefined) return;
    if (!choice.right) {
      this.stage.value = { at: "question", number, wrong: choice };
      return;
    }
    if (stage.wrong === null) this.#atOnce.add(number);
    this.#goTo({ at: "answered", number, right: choice }, this.#revealed(number, index));
  }

  /** How many events may be seen. */
  get #horizon(): number {
    const stage = this.stage.value;
    const reached = "number" in stage ? stage.number : stage.at === "opening" ? 0 : this.asked.length;
    return this.asked[stage.at === "answered" ? reached + 1 : reached]?.index ?? this.#trace.events.length;
  }

  /** Where what was asked about has happened; no further than to the next question. */
  #revealed(number: number, from: number): number {
    const events = recorded(this.#trace);
    const kinds = SHOWN_BY[this.lesson.stops[number]!.question.ask];
    const at = events.findIndex(({ kind }, index) => index >= from && kinds.includes(kind));
    const end = this.asked[number + 1]?.index ?? events.length;
    return at < 0 ? end : Math.min(at + 1, end);
  }

  #goTo(stage: Stage, index: number): void {
    const { stepper } = this.#theatre;
    const before = stepper.peek();
    batch(() => {
      this.stage.value = stage;
      this.#theatre.open({
        name: PROGRAM,
        trace: { ...this.#trace, events: this.#trace.events.slice(0, this.#horizon) },
      });
      stepper.value = { ...before, index, speed: 0 };
    });
  }
}
