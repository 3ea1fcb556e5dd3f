import { ValueError } from "../loop/errors.ts";
import { type EventLoop, getRunningLoop } from "../loop/event-loop.ts";
import type { Coroutine } from "../future/awaitable.ts";
import { Semaphore } from "../sync/semaphore.ts";
import { coroutine } from "../task/coroutine.ts";
import { fileError } from "./file-errors.ts";
import { type Done, type FileSystem, fileSystem } from "./file-system.ts";
import { hostedLoop } from "./hosted-loop.ts";
import { IoWait } from "./io-wait.ts";
import { nodeFileSystem } from "./node-file-system.ts";

// How many calls of one loop are under way at a time. Ten thousand `readFile`s at once would need as many descriptors; the
// host's threads, four by default, have enough to do with these.
const MOST_CALLS = 32;

const slotsOf = new WeakMap<EventLoop, WeakMap<object, Semaphore>>();

/** @internal One call of the file system that a coroutine waits for. */
export interface FileCall<T> {
  /** As errors and reports name it: `AsyncFile.read`. */
  readonly who: string;
  /** What it is about, as errors name it. */
  readonly target: string;
  readonly system: FileSystem;
  /** Makes the call. */
  start(done: Done<T>): void;
  /** Frees a result that nobody takes: whoever waited was cancelled, and the call could not be. */
  release?(value: T): void;
}

/**
 * Makes the call, as soon as there are not too many, and waits for its result.
 *
 * Cancelled before, it is not made. Cancelled while it is under way, it goes on to its end: nothing can stop a thread of
 * the host in the middle of a call.
 *
 * @throws {OSError} What the host refused it with.
 * @internal
 */
export const fileCall: <T>(call: FileCall<T>) => Coroutine<T> = coroutine(function* fileCall<T>(
  call: FileCall<T>,
): Coroutine<T> {
  const loop = getRunningLoop();
  const slots = slotsFor(loop, call.system.lane);
  yield* slots.acquire();
  const wait = new IoWait<T>(call.who, loop);
  const done: Done<T> = (error, value) => {
    slots.release();
    if (error !== null) wait.failQuietly(fileError(call.who, call.target, error));
    else if (wait.done()) call.release?.(value);
    else wait.succeed(value);
  };
  try {
    call.start(done);
  } catch (error) {
    slots.release();
    throw error;
  }
  try {
    return yield* wait;
  } catch (error) {
    // It may be that the result had come, and this task had not run yet.
    wait.cancel();
    if (!wait.cancelled() && wait.exception() === null) call.release?.(wait.result());
    throw error;
  }
});

function slotsFor(loop: EventLoop, lane: object): Semaphore {
  let lanes = slotsOf.get(loop);
  if (lanes === undefined) slotsOf.set(loop, (lanes = new WeakMap<object, Semaphore>()));
  let slots = lanes.get(lane);
  if (slots === undefined) lanes.set(lane, (slots = new Semaphore(MOST_CALLS)));
  return slots;
}

/** @internal The file system of this context. @throws {RuntimeError} When nobody turns the host's loop, and it is needed. */
export function fileSystemFor(who: string): FileSystem {
  const system = fileSystem.get(nodeFileSystem);
  if (system.needsHost) hostedLoop(who, "files are reached");
  return system;
}

/** @internal As fileCall, of this context's file system, about one path. */
export const ask: <T>(
  who: string,
  path: string,
  start: (system: FileSystem, done: Done<T>) => void,
  release?: (system: FileSystem, value: T) => void,
) => Coroutine<T> = coroutine(function* ask<T>(
  who: string,
  path: string,
  start: (system: FileSystem, done: Done<T>) => void,
  release: (system: FileSystem, value: T) => void = () => {},
): Coroutine<T> {
  checkPath(who, path);
  const system = fileSystemFor(who);
  return yield* fileCall<T>({
    who,
    target: path,
    system,
    start: (done) => start(system, done),
    release: (value) => release(system, value),
  });
});

/** @internal @throws {TypeError} @throws {ValueError} When it cannot be a path. */
export function checkPath(who: string, path: unknown): asserts path is string {
  if (typeof path !== "string") {
    throw new TypeError(`${who}: a path is a string, not ${path === null ? "null" : typeof path}.`);
  }
  if (path.includes("\0")) throw new ValueError(`${who}: a path has no null character: ${JSON.stringify(path)}.`);
}
