import { formatTime } from "./format-time.ts";
import { momentAt } from "./keyframes.ts";
import { type Moment, describeWhy } from "./moment.ts";
import { formatPlace, placeOf } from "./places.ts";
import { type EventOf, type RecordedEvent, type Trace, recorded } from "./trace.ts";

/**
 * One plain sentence on what happens at the event of that number, from 0.
 *
 * @throws {RangeError} When there is no such event.
 */
export function narrate(trace: Trace, index: number): string {
  const events = recorded(trace);
  const event = events[index];
  if (event === undefined) {
    throw new RangeError(`narrate: expected the number of an event, from 0 to ${events.length - 1}, got ${index}.`);
  }
  return sentence(event, momentAt(events, index));
}

/** @internal The sentence for each event, in one pass; or for those of a stretch of them. */
export function narrateAll(trace: Trace, from = 0, to: number = trace.events.length): string[] {
  const events = recorded(trace);
  const moment = momentAt(events, from);
  return events.slice(from, to).map((event) => {
    const text = sentence(event, moment);
    moment.apply(event);
    return text;
  });
}

function sentence(event: RecordedEvent, before: Moment): string {
  const task = (number: number): string => before.task(number).name;
  const by = (number: number | null): string => (number === null ? (before.running ?? "The host") : task(number));
  switch (event.kind) {
    case "iteration":
      return `Iteration ${event.iteration} begins.`;
    case "time.passed":
      return `Nothing is ready: the clock goes from ${formatTime(event.from)} to ${formatTime(event.time)}.`;
    case "task.spawned":
      return event.parent === null
        ? `The task ${event.name} is made.`
        : `${task(event.parent)} makes the task ${event.name}.`;
    case "task.renamed":
      return `${task(event.task)} is called ${event.name} from here on.`;
    case "ready.pushed":
      return `${before.nameOf(event.task, event.label)} joins the ready queue: ${describeWhy(event.why, event.of)}.`;
    case "ready.popped":
      return popped(event, before);
    case "step.ended":
      return `${before.nameOf(event.task, before.running ?? "The callback")} hands control back to the loop.`;
    case "task.suspended":
      return suspended(event, before);
    case "task.done":
      return `${task(event.task)} ${ending(event.state, event.value)}.`;
    case "future.done":
      return `${capital(event.label)} ${settled(event)}.`;
    case "timer.added":
      return `${by(event.by)} sets a timer for ${formatTime(event.when ?? Infinity)}: ${event.label}.`;
    case "timer.fired":
      return `${timer(event.timer, before)} is due.`;
    case "timer.cancelled":
      return `${timer(event.timer, before)} is cancelled.`;
    case "cancel.requested":
      return `${by(event.by)} asks ${event.by === event.task ? "itself" : task(event.task)} to cancel.`;
    case "cancel.delivered":
      return `A CancelledError is thrown into ${task(event.task)}.`;
    case "cancel.swallowed":
      return `${task(event.task)} was asked to cancel, and returns all the same.`;
    case "choice":
      return `Asked for a ${event.about}, the scheduler takes number ${event.picked + 1} of ${event.count}.`;
    case "mark":
      return `${by(event.by)} says: ${event.text}.`;
    case "ended":
      return `The program ${ending(event.outcome === "returned" ? "finished" : "failed", event.value)}.`;
  }
}

function popped({ task, label, position, dropped }: EventOf<"ready.popped">, before: Moment): string {
  const name = before.nameOf(task, label);
  if (dropped) return `${name} takes its turn, and does nothing: it was cancelled.`;
  return position === 0
    ? `${name} is first in the ready queue, and runs.`
    : `${name} is chosen from place ${position + 1} of the ready queue, and runs.`;
}

function suspended({ task, on, label, frames }: EventOf<"task.suspended">, before: Moment): string {
  const name = before.task(task).name;
  const place = formatPlace(placeOf(frames));
  const where = place === "" ? "" : ` (${place})`;
  return on === null ? `${name} gives way for one pass of the loop${where}.` : `${name} waits for ${label}${where}.`;
}

function ending(state: EventOf<"task.done">["state"], value: string): string {
  if (state === "finished") return value === "undefined" ? "ends" : `returns ${value}`;
  return state === "failed" ? `fails with ${value}` : "ends cancelled";
}

function settled({ state, value }: EventOf<"future.done">): string {
  if (state === "finished") return "is done";
  return state === "failed" ? `fails with ${value}` : "is cancelled";
}

function timer(number: number, before: Moment): string {
  const set = before.timers.get(number);
  if (set === undefined) return "A timer";
  return `The timer of ${set.task} for ${formatTime(set.when)}${set.task === set.label ? "" : ` (${set.label})`}`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
