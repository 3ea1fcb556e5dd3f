// Flat frames. Natively, `yield*` sends every resume down through all the generators that are awaiting each other: at
// depth 50 that costs more than a microsecond a wait. Here a task keeps its generators on a stack of its own, and resumes
// the innermost only.
//
// How they get there: coroutine(fn) shadows `next` on fn.prototype, which is what `yield*` calls. The first call starts
// the child natively, inside its parent. If the child ends without waiting, that is all. If it suspends, it notes itself;
// so do its marked parents, as the suspension passes through them on its way out; and the driver, below, lays the notes
// on the task's stack. From then on the driver resumes the innermost with the generators' own `next`. When a frame ends,
// the driver puts its outcome into the mailbox and resumes its parent, whose `yield*` calls the shadowed `next` once
// more, which finds the outcome and delivers it. A generator that is not marked stays inside its marked parent: what it
// awaits is delivered through it.
import { type Coroutine, type Suspension, describeMistake, resumeNext, resumeThrow } from "../future/awaitable.ts";
import { CancelledError } from "../future/errors.ts";
import { RuntimeError } from "../loop/errors.ts";

type Result = IteratorResult<Suspension>;

/** @internal "No error": a coroutine may throw anything, undefined included. */
export const NOTHING: unique symbol = Symbol("nothing");

// In a stack of frames, before a frame that was awaited by a bare `yield`: its outcome is sent, not delivered.
const BY_YIELD: unique symbol = Symbol("by yield");

/** @internal A task's generators that await each other: the innermost, which runs, and those around it. */
export interface Frames {
  innermost: Coroutine<any>;
  outer: (Coroutine<any> | typeof BY_YIELD)[] | null;
}

// Natively nested calls are cheaper than noted ones, but each takes a piece of the native stack.
const NATIVE_DEPTH = 128;
// How many awaiting frames a thrown error shows.
const FRAMES_SHOWN = 10;

/** Handed to the driver in place of a suspension: start the last noted child, there is no room left here. */
const START_HERE: Result = { value: undefined, done: false };

// Notes are valid together with the very result object that came out with them: whoever drives a marked generator by
// hand leaves notes that fit no result, and they are dropped.
const noted: Coroutine<any>[] = [];
let notedResult: Result | null = null;

// The outcome of a frame that has ended, on its way to the `yield*` of its parent: its own result object, or FAILURE, and
// the error beside it.
let mail: Result | null = null;
let mailedError: unknown;
const FAILURE: Result = { value: undefined, done: true };
let nativeDepth = 0;
let handedOver: Coroutine<any> | null = null;
let driving = false;
let shown = 0;

// In debug mode, the marked coroutines that have ended: JavaScript does not tell one from one that gives undefined at once.
const ended = new WeakSet<Coroutine<any>>();
let remembersEnded = false;

/** @internal Whether a coroutine that is awaited a second time is to be found out, from here on. Returns whether it was. */
export function rememberEnded(on: boolean): boolean {
  const before = remembersEnded;
  remembersEnded = on;
  return before;
}

/** The shadowing `next`. */
function next(this: Coroutine<any>, value: unknown): Result {
  if (mail !== null) return deliver(mail);
  if (remembersEnded && ended.has(this)) throw new RuntimeError(awaitedBefore(this));
  if (nativeDepth >= NATIVE_DEPTH && driving) {
    if (handedOver !== this) return handOver(this);
    // It was not started: somebody between it and the driver resumes generators by hand. They run natively, then.
    nativeDepth = -Infinity;
  }
  // Not restored when the child throws: then calls are handed over earlier than they must, which nobody can see.
  nativeDepth += 1;
  const result = remembersEnded ? resumeWatched(this, value) : resumeNext.call(this, value);
  nativeDepth -= 1;
  if (!result.done) {
    if (notedResult !== result) {
      noted.length = 0;
      notedResult = result;
    }
    noted.push(this);
  }
  return result;
}

function resumeWatched(coro: Coroutine<any>, value: unknown): Result {
  let suspended = false;
  try {
    const result = resumeNext.call(coro, value);
    suspended = !result.done;
    return result;
  } finally {
    if (!suspended) ended.add(coro);
  }
}

function awaitedBefore(coro: Coroutine<any>): string {
  const name = (coro as { [FUNCTION_NAME]?: string })[FUNCTION_NAME] ?? "";
  return `${name || "coroutine"}(): this coroutine was awaited before, and can be awaited once. Call its function again.`;
}

function handOver(child: Coroutine<any>): Result {
  handedOver = child;
  noted.length = 0;
  noted.push(child);
  notedResult = START_HERE;
  return START_HERE;
}

function deliver(outcome: Result): Result {
  mail = null;
  if (outcome !== FAILURE) return outcome;
  const error = mailedError;
  mailedError = undefined;
  showAwaitingFrame(error);
  throw error;
}

/**
 * Resumes the innermost frame, with an error unless it is NOTHING, then those around it as they are reached, until one
 * suspends or the outermost has ended. What the outermost throws comes out.
 *
 * @internal
 */
export function resume(frames: Frames, error: unknown, value: unknown): Result {
  const wasDriving = driving;
  const outerDepth = nativeDepth;
  driving = true;
  shown = 0;
  try {
    for (;;) {
      nativeDepth = outerDepth;
      let result: Result;
      try {
        result =
          error === NOTHING ? resumeNext.call(frames.innermost, value) : resumeThrow.call(frames.innermost, error);
      } catch (thrown) {
        if (remembersEnded) ended.add(frames.innermost);
        if (frames.outer === null || frames.outer.length === 0) throw thrown;
        mailedError = thrown;
        error = leave(frames, FAILURE) ? thrown : NOTHING;
        continue;
      }
      if (result.done) {
        if (remembersEnded) ended.add(frames.innermost);
        if (frames.outer === null || frames.outer.length === 0) return result;
        value = leave(frames, result) ? result.value : undefined;
        error = NOTHING;
        continue;
      }
      if (notedResult === result) layNotes(frames);
      if (result !== START_HERE) return result;
      error = NOTHING;
      value = undefined;
    }
  } finally {
    driving = wasDriving;
    nativeDepth = outerDepth;
  }
}

/** Takes the innermost frame off. Whether its outcome is for the caller to send; else it is in the mailbox. */
function leave(frames: Frames, outcome: Result): boolean {
  const outer = frames.outer!;
  const top = outer.pop()!;
  if (top === BY_YIELD) {
    frames.innermost = outer.pop() as Coroutine<any>;
    return true;
  }
  frames.innermost = top;
  mail = outcome;
  return false;
}

/** Innermost first they were noted; innermost last they lie. */
function layNotes(frames: Frames): void {
  const outer = (frames.outer ??= []);
  outer.push(frames.innermost);
  for (let i = noted.length - 1; i > 0; i -= 1) outer.push(noted[i]!);
  frames.innermost = noted[0]!;
  noted.length = 0;
  notedResult = null;
  handedOver = null;
}

/**
 * `yield child`: the child becomes the innermost frame.
 *
 * @internal
 */
export function call(frames: Frames, child: Coroutine<any>): void {
  (frames.outer ??= []).push(frames.innermost, BY_YIELD);
  frames.innermost = child;
}

/** @internal The suspended frames, outermost first. */
export function framesOf(frames: Frames): Coroutine<any>[] {
  return [...(frames.outer ?? []).filter((frame) => frame !== BY_YIELD), frames.innermost];
}

// A frame that is resumed by the driver has no caller on the native stack. We are inside its parent's `yield*` now, so
// the parent, and the plain generators between, can be read off the stack here.
function showAwaitingFrame(error: unknown): void {
  if (shown >= FRAMES_SHOWN || !(error instanceof Error) || error instanceof CancelledError) return;
  shown += 1;
  const here = new Error("here").stack?.split("\n") ?? [];
  // Between the two generator methods of ours: the shadowing next and deliver above, resume below.
  const first = here.findIndex((line) => line.includes("deliver")) + 2;
  const end = here.findIndex((line, i) => i >= first && /\bresume\b/.test(line));
  const awaiting = here
    .slice(first, end < 0 ? first : end)
    .filter((line) => !line.includes("[Generator]") || line.includes("("));
  if (awaiting.length === 0 || !Object.isExtensible(error)) return;
  try {
    const stack = error.stack ?? String(error);
    if (!awaiting.every((line) => stack.includes(line))) error.stack = `${stack}\n${awaiting.join("\n")}`;
  } catch {
    // An error with a stack of its own making keeps it.
  }
}

/** @internal The name of the function that a marked coroutine is a call of. */
export const FUNCTION_NAME: unique symbol = Symbol("function name");

/**
 * Marks a generator function (or, as a decorator, a generator method) so that `yield*` of what it returns costs the same
 * to resume at any call depth, and may recurse without end.
 *
 * @returns The function itself.
 * @throws {TypeError} When `fn` is not a generator function.
 * @example
 * const depth = coroutine(function* depth(n: number): Coroutine<number> {
 *   return n === 0 ? 0 : 1 + (yield* depth(n - 1));
 * });
 * print(yield* depth(100_000)); //=> 100000
 */
export function coroutine<F extends (...args: any[]) => Coroutine<any>>(fn: F, _context?: unknown): F {
  if (typeof fn !== "function" || Object.prototype.toString.call(fn) !== "[object GeneratorFunction]") {
    throw new TypeError(`coroutine: expected a generator function (function*), got ${describeMistake(fn)}.`);
  }
  const prototype = fn.prototype as object;
  Object.defineProperty(prototype, "next", { value: next, configurable: true, writable: true });
  Object.defineProperty(prototype, FUNCTION_NAME, { value: fn.name, configurable: true });
  return fn;
}
