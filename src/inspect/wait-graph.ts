import { ringsOf } from "../task/rings.ts";
import type { TaskView } from "./moment.ts";

/** The rings in which tasks wait for each other: a deadlock, unless somebody cancels one. */
export function deadlocksIn(tasks: readonly TaskView[]): TaskView[][] {
  const byId = new Map(tasks.map((task) => [task.id, task]));
  return ringsOf(tasks, (task) =>
    task.awaits.flatMap((id) => {
      const other = byId.get(id);
      return other === undefined || isDone(other) ? [] : [other];
    }),
  );
}

/** @internal Whether it has ended. */
export function isDone({ state }: TaskView): boolean {
  return state === "finished" || state === "failed" || state === "cancelled";
}
