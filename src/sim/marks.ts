import type { Machine } from "./machine.ts";
import type { Candidates, ChoiceKind } from "./oracle.ts";
import { hashText } from "./prng.ts";
import type { MarkedDeviation } from "./repro.ts";
import { scheduleOf } from "./schedule.ts";
import { SimTask } from "./sim-task.ts";

/** The schedule of the run that `machine` has made, each deviation with what its question was about. @internal */
export function markedScheduleOf(machine: Machine): MarkedDeviation[] {
  const { record, tasks, identities } = machine;
  return scheduleOf(machine).map((deviation) => {
    const label = record.labels[deviation.at]!;
    if (typeof label === "string") return { ...deviation, mark: markOfQuestion(record.kinds[deviation.at]!, label) };
    const chosen = tasks.find(({ identity }) => identity === label);
    return { ...deviation, mark: chosen === undefined ? CALLBACK : markOfTask(chosen, identities.pathOf(label)) };
  });
}

/** Of a question that is not whose turn it is. @internal */
export function markOfQuestion(kind: ChoiceKind, label: string): number {
  return eightBits(`${kind} ${label}`);
}

/**
 * Of who is ready at `index`: a task's name, if it was given one; otherwise who made it, and as the how manyth.
 *
 * @param shift - By how many main's own tasks are taken to have become more than they were.
 * @internal
 */
export function markOfCandidate(ready: Candidates, index: number, shift: number): number {
  const task = ready.task(index);
  if (!(task instanceof SimTask)) return CALLBACK;
  const path = task.machine.identities.pathOf(task.identity);
  if (path.length > 1) path[1]! -= shift;
  return markOfTask(task, path);
}

function markOfTask({ nameOrNumber }: SimTask<any>, path: readonly number[]): number {
  return eightBits(typeof nameOrNumber === "string" ? `task ${nameOrNumber}` : `task at ${path.join(".")}`);
}

const CALLBACK = eightBits("callback");

function eightBits(text: string): number {
  return hashText(text) & 255;
}
