// Cancels a program at each of its suspension points, one run for each.
import { Future, type Instrument, type Task } from "../../src/index.ts";

/** When the task is cancelled: while what it waits for is pending; or when it has come, and the task has not run yet. */
export type Moment = "while it waits" | "just as it comes";

/** Both. */
export const moments: readonly Moment[] = ["while it waits", "just as it comes"];

/**
 * Notes where tasks suspend, as "client on AsyncFile.read 1", and cancels the one that does at `target`. A wait of a sort
 * that has come twice is not noted again: it is the same place in a loop.
 */
export class Canceller {
  readonly points = new Set<string>();
  readonly #names: readonly string[];
  readonly #target: string | null;
  readonly #moment: Moment;
  readonly #times = new Map<string, number>();

  constructor(names: readonly string[], target: string | null, moment: Moment) {
    this.#names = names;
    this.#target = target;
    this.#moment = moment;
  }

  get instrument(): Instrument {
    return { taskSuspended: (task, on) => this.#note(task as Task<unknown>, on as Future<unknown> | undefined) };
  }

  #note(task: Task<unknown>, on: Future<unknown> | undefined): void {
    if (!this.#names.includes(task.name)) return;
    const where = `${task.name} on ${(on as { label?: string } | undefined)?.label ?? "something else"}`;
    const times = (this.#times.get(where) ?? 0) + 1;
    this.#times.set(where, times);
    if (times > 2) return;
    this.points.add(`${where} ${times}`);
    if (`${where} ${times}` === this.#target) this.#cancel(task, on);
  }

  // Not inside the hook, which only watches.
  #cancel(task: Task<unknown>, on: Future<unknown> | undefined): void {
    if (this.#moment === "while it waits" || !(on instanceof Future)) task.loop.callSoon(() => task.cancel());
    else on.addDoneCallback(() => task.cancel());
  }
}

/** Runs `attempt` once with nobody cancelled, then once for each point; what is wrong, and where tasks waited. */
export async function cancelEverywhere(
  names: readonly string[],
  moment: Moment,
  attempt: (canceller: Canceller) => Promise<readonly string[]>,
): Promise<{ wrong: string[]; waits: Set<string> }> {
  const all = new Canceller(names, null, moment);
  const wrong = [...(await attempt(all))];
  for (const point of all.points) {
    const found = await attempt(new Canceller(names, point, moment));
    wrong.push(...found.map((what) => `${point}: ${what}`));
  }
  return { wrong, waits: new Set([...all.points].map((point) => point.replace(/ \d+$/, ""))) };
}
