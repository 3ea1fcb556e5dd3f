// Mistakes that need a memory to be seen; most of it is kept in debug mode only.
import { RuntimeError } from "../loop/errors.ts";
import type { EventLoop } from "../loop/event-loop.ts";
import type { Coroutine } from "../future/awaitable.ts";
import type { Frame } from "./stack.ts";
import type { Task } from "./task.ts";

// ---- coroutines that are used twice

// Whose coroutine it is: of those that a bare `yield` awaits; in debug mode also of those that tasks are made of, which else
// would double the cost of a task's birth.
const owners = new WeakMap<Coroutine<any>, Task<any>>();

// Until there is one, nobody needs to ask.
let anyOwner = false;

/** @internal An error when `coro` has been awaited before; null, and remembered, when not. */
export function claim(coro: Coroutine<any>, task: Task<any>, isRoot = true): RuntimeError | null {
  // A root is remembered in debug mode alone, and asked for when there is something to be found.
  if (!task.loop.debug && isRoot && !anyOwner) return null;
  const owner = owners.get(coro);
  if (owner === undefined) {
    if (!task.loop.debug && isRoot) return null;
    owners.set(coro, task);
    anyOwner = true;
    return null;
  }
  const error = new RuntimeError(
    `Task "${task.name}": this coroutine was awaited before, by "${owner.name}", and can be awaited once. Call its function again.`,
  );
  if (isRoot) throw error;
  return error;
}

// ---- cancellations that were swallowed (debug mode)

// Asking where a task waits takes 20 ms and more: a program that cancels thousands is told of the first only.
const PLACES_ASKED = 20;
const placesAsked = new WeakMap<EventLoop, number>();
const swallowedAt = new WeakMap<Task<any>, Frame | undefined>();

/** @internal It was thrown a CancelledError, and goes on: here. */
export function noteSwallowed(task: Task<any>): void {
  const asked = (placesAsked.get(task.loop) ?? 0) + 1;
  placesAsked.set(task.loop, asked);
  swallowedAt.set(task, asked <= PLACES_ASKED ? task.getStack().at(-1) : undefined);
}

/** @internal */
export function reportSwallowed(task: Task<any>): void {
  const frame = swallowedAt.get(task);
  const where =
    frame === undefined
      ? ""
      : ` It went on in ${frame.name}${frame.file === undefined ? "" : ` (${frame.file}:${frame.line})`}.`;
  task.loop.callExceptionHandler({
    message: `Task "${task.name}" was cancelled, and returned as if it had not been: a catch swallowed its CancelledError.${where} Throw it on, or call uncancel().`,
    future: task,
    task,
  });
}
