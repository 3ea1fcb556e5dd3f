// Mistakes that need a memory to be seen; most of it is kept in debug mode only.
import { RuntimeError } from "../loop/errors.ts";
import type { EventLoop } from "../loop/event-loop.ts";
import type { Coroutine } from "../future/awaitable.ts";
import { PENDING } from "../future/future.ts";
import { swapMaker, takeUnawaited } from "../future/unawaited.ts";
import { rememberEnded } from "./coroutine.ts";
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

// ---- awaitables that nobody awaited (debug mode)

/** @internal A step of which note is taken: what it makes, and which coroutines end in it. */
export function stepInDebugMode(task: Task<any>, error: unknown, value: unknown): void {
  const remembered = rememberEnded(true);
  const maker = swapMaker(task);
  try {
    task.step(error, value);
  } finally {
    swapMaker(maker);
    rememberEnded(remembered);
  }
  if (task.state !== PENDING) reportUnawaited(task);
}

function reportUnawaited(task: Task<any>): void {
  for (const [awaitable, stack] of takeUnawaited(task)) {
    // Somebody else may await what it returned.
    if (awaitable === task.value) continue;
    const { label } = awaitable as { label: string };
    task.loop.callExceptionHandler({
      message: `Task "${task.name}" made an awaitable, ${label}, that was not awaited when the task ended: it did nothing. Write yield* before it.\n${outsideOf(stack)}`,
      future: task,
      task,
    });
  }
}

const folder = ((import.meta as { url?: string }).url ?? "").replace(/^file:\/\//, "").replace(/task\/[^/]*$/, "");

/** The frames of `stack` that are not the library's own; all of them, where everything lies in one file. */
function outsideOf(stack: string): string {
  const frames = stack.split("\n").slice(1);
  const outside = frames.filter((frame) => !folder.endsWith("/") || !frame.includes(folder));
  return (outside.length > 0 ? outside : frames).join("\n");
}
