import { callSite } from "./call-site.ts";
import { hostModule } from "./host.ts";
import { fencedMachine } from "./stand-in.ts";

type Init = (promise: Promise<unknown>, parent?: Promise<unknown>) => void;

const INSTEAD =
  "What follows it would run when the simulation is over, in the host's order. Write a coroutine, and yield* what it waits for.";

/**
 * Sees each `await` and each `then` of a native promise in a simulation, on hosts with V8's promise hooks. It cannot throw
 * there: the run counts as escaped.
 *
 * @returns Ends it.
 * @internal
 */
export function watchPromises(): () => void {
  const hooks = hostModule("v8")?.promiseHooks as { onInit(init: Init): () => void } | undefined;
  return hooks?.onInit(init) ?? ((): void => {});
}

const init: Init = (_promise, parent) => {
  // Making a promise is nothing yet; a promise that has a parent waits for it.
  if (parent === undefined) return;
  const machine = fencedMachine();
  if (machine === null || machine.fence.escape !== null) return;
  const { place } = callSite(init);
  if (place !== null) machine.fence.tell("A native Promise was awaited", place, INSTEAD);
};
