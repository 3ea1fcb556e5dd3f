import type { AnyTask } from "../loop/parties.ts";
import { placeIn } from "../task/place.ts";

/** Where a task waits, in the program: `app/main.ts:12`; empty when that is not known. @internal */
export function placeOf(task: AnyTask): string {
  return placeIn(task.getStack());
}
