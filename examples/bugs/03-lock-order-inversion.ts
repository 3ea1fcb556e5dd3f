// One task locks A, then B; the other B, then A. Each may come to hold what the other waits for.
// Fixed: both lock A first.
import { type Coroutine, Lock, createTask } from "escapement";
import { together } from "./together.ts";

function* lockBoth(first: Lock, second: Lock): Coroutine<void> {
  yield* first.acquire();
  yield;
  yield* second.acquire();
  second.release();
  yield;
  first.release();
}

export default function* lockOrderInversion(): Coroutine<void> {
  const [a, b] = [new Lock(), new Lock()];
  yield* together(createTask(lockBoth(a, b), { name: "p" }), createTask(lockBoth(b, a), { name: "q" }));
}

export function* fixed(): Coroutine<void> {
  const [a, b] = [new Lock(), new Lock()];
  yield* together(createTask(lockBoth(a, b), { name: "p" }), createTask(lockBoth(a, b), { name: "q" }));
}
