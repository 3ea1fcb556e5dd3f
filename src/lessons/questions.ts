import { type RecordedEvent, type TaskView, type Trace, type View, narrate, viewAt } from "../inspect/index.ts";
import type { Lesson, LessonMoment, Question, Stop } from "./lesson.ts";

/** One answer to choose from. */
export interface Choice {
  readonly label: string;
  readonly right: boolean;
  /** Why it is right, or why not. */
  readonly because: string;
}

/** A stop of a lesson in the run that was recorded: where, what is asked, and what may be answered. */
export interface Asked {
  /** How many events have happened. */
  readonly index: number;
  readonly scene: string;
  readonly question: string;
  readonly choices: readonly Choice[];
}

/**
 * The questions of a lesson, with their answers as the run gave them.
 *
 * @param trace - Of the lesson's program: see `recordLesson`.
 * @throws {RangeError} When the run has no such moment.
 */
export function questionsOf({ name, stops }: Lesson, trace: Trace): Asked[] {
  return stops.map((stop) => {
    const index = indexOf(trace, stop.after);
    if (index < 0) throw new RangeError(`The run of ${name} has no moment ${JSON.stringify(stop.after)}.`);
    return { index, scene: stop.scene, question: wording(stop.question), choices: choicesAt(trace, index, stop) };
  });
}

/** The choice that somebody means, by its number from 1 or by its words; null when it makes no sense. */
export function choiceFor({ choices }: Asked, answer: string): Choice | null {
  const said = answer.trim().toLowerCase();
  if (/^\d+$/.test(said)) return choices[Number(said) - 1] ?? null;
  const exact = choices.find(({ label }) => label.toLowerCase() === said);
  if (exact !== undefined || said === "") return exact ?? null;
  const meant = choices.filter(({ label }) => label.toLowerCase().startsWith(said));
  return meant.length === 1 ? meant[0]! : null;
}

function indexOf(trace: Trace, moment: LessonMoment): number {
  let left = moment.nth ?? 1;
  const found = eventsOf(trace).findIndex((event, index) => {
    if (matches(trace, event, index, moment)) left -= 1;
    return left === 0;
  });
  return found < 0 ? -1 : found + 1;
}

function matches(trace: Trace, event: RecordedEvent, index: number, { kind, task, prints }: LessonMoment): boolean {
  if (event.kind !== kind) return false;
  if (prints !== undefined && !(event.kind === "mark" && event.text === prints)) return false;
  return task === undefined || nameOf(trace, index + 1, "task" in event ? event.task : null) === task;
}

function nameOf(trace: Trace, index: number, id: number | null): string | undefined {
  return viewAt(trace, index).tasks.find((task) => task.id === id)?.name;
}

function wording(question: Question): string {
  switch (question.ask) {
    case "who runs next":
      return "Who runs next?";
    case "what is printed next":
      return "What is printed next?";
    case "when is the next line printed":
      return "What does the clock say when the next line is printed?";
    case "how does it end":
      return `How does the task ${question.task} end?`;
  }
}

function choicesAt(trace: Trace, index: number, { question, because }: Stop): Choice[] {
  switch (question.ask) {
    case "who runs next":
      return whoRuns(trace, index, because);
    case "what is printed next":
      return [...linesAfter(trace, index, because), ...wrong(question.others)].toSorted(byLabel);
    case "when is the next line printed":
      return [...timeOfLine(trace, index, because), ...wrong(question.others)].toSorted(byLabel);
    case "how does it end":
      return endings(trace, index, question.task, because);
  }
}

function wrong(others: readonly { label: string; because: string }[] = []): Choice[] {
  return others.map(({ label, because }) => ({ label, right: false, because }));
}

// ---- who runs next

const CLOCK = "nobody: the clock goes on";
const NOBODY = "nobody, ever again";

function whoRuns(trace: Trace, index: number, because: string): Choice[] {
  const right = nextRunner(trace, index);
  const view = viewAt(trace, index);
  const alive = view.tasks.filter(({ state }) => state === "ready" || state === "waiting");
  const choices: Choice[] = alive.map((task) => choice(task.name, right, because, whyNotTask(task, right, view)));
  return [
    ...choices,
    choice(CLOCK, right, because, whyNotClock(right)),
    choice(
      NOBODY,
      right,
      because,
      right === CLOCK ? "A timer is set, so there is something to wait for." : whyNotClock(right),
    ),
  ];
}

function choice(label: string, right: string, because: string, whyNot: string): Choice {
  return label === right ? { label, right: true, because } : { label, right: false, because: whyNot };
}

/** A deadlock shows in the trace as the clean-up that follows it: the host cancels all who are left. */
function nextRunner(trace: Trace, index: number): string {
  const events = eventsOf(trace);
  for (let i = index; i < events.length; i += 1) {
    const event = events[i]!;
    if (event.kind === "ready.popped") return nameOf(trace, i, event.task) ?? event.label;
    if (event.kind === "time.passed") return CLOCK;
    if (event.kind === "cancel.requested" && event.by === null) return NOBODY;
  }
  return NOBODY;
}

function whyNotTask({ name, state, waitsFor }: TaskView, right: string, { ready }: View): string {
  if (state === "waiting") return `${name} waits for ${waitsFor ?? "its turn"}, and so is not in the ready queue.`;
  const place = ready.findIndex(({ task }) => task === name);
  return `${name} is in the ready queue, but in place ${place + 1}: ${right} came first, and first in is first out.`;
}

function whyNotClock(right: string): string {
  if (right === NOBODY) return "No timer is set: there is no moment for the clock to go on to.";
  if (right === CLOCK) return "";
  return `${right} is in the ready queue, and the loop waits only when that is empty.`;
}

// ---- what is printed, and when

interface Line {
  readonly text: string;
  readonly time: number;
  readonly by: string;
}

function linesFrom(trace: Trace, index: number): Line[] {
  return eventsOf(trace).flatMap((event, i) =>
    i >= index && event.kind === "mark"
      ? [{ text: event.text, time: event.time, by: nameOf(trace, i, event.by) ?? "a callback" }]
      : [],
  );
}

function linesAfter(trace: Trace, index: number, because: string): Choice[] {
  const [next, ...later] = linesFrom(trace, index);
  if (next === undefined) return [{ label: "nothing", right: true, because }];
  const others = new Map(later.filter(({ text }) => text !== next.text).map((line) => [line.text, line]));
  return [
    { label: next.text, right: true, because },
    ...Array.from(others.values(), ({ text, time, by }) => ({
      label: text,
      right: false,
      because: `That is printed too, by ${by}, but later${time > next.time ? `: at ${time} ms` : ""}.`,
    })),
  ];
}

function timeOfLine(trace: Trace, index: number, because: string): Choice[] {
  return linesFrom(trace, index)
    .slice(0, 1)
    .map(({ time }) => ({ label: `${time} ms`, right: true, because }));
}

// In the order of numbers where there are numbers.
function byLabel(a: Choice, b: Choice): number {
  return a.label.localeCompare(b.label, "en", { numeric: true });
}

// ---- how a task ends

const ENDINGS = { finished: "it returns", failed: "it fails", cancelled: "it is cancelled" } as const;

function endings(trace: Trace, index: number, task: string, because: string): Choice[] {
  const events = eventsOf(trace);
  const end = events.findIndex(
    (event, i) => i >= index && event.kind === "task.done" && nameOf(trace, i, event.task) === task,
  );
  const event = events[end];
  const right = event?.kind === "task.done" ? ENDINGS[event.state] : "";
  return Object.values(ENDINGS).map((label) => choice(label, right, because, `The run says: ${narrate(trace, end)}`));
}

function eventsOf(trace: Trace): readonly RecordedEvent[] {
  return trace.events as readonly unknown[] as readonly RecordedEvent[];
}
