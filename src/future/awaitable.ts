/** What a coroutine may hand its task: what it waits for, or nothing, which is one pass of the loop. */
export type Suspension = Awaitable<any> | undefined;

/** What a generator function of this library's kind returns. `yield*` is await. */
export type Coroutine<T> = Generator<Suspension, T, unknown>;

/** Whatever can be waited for: a Future, a Task, a coroutine, an object of this library that says so. */
export interface Awaitable<T> {
  [Symbol.iterator](): Iterator<Suspension, T, unknown>;
}

/** The type of what waiting for `A` gives. */
export type Awaited<A> = A extends Awaitable<infer T> ? T : never;

type Resume = (this: Coroutine<any>, value: unknown) => IteratorResult<Suspension>;

const generatorPrototype: Coroutine<any> = Object.getPrototypeOf(
  Object.getPrototypeOf((function* () {})()),
) as Coroutine<any>;

// The generators' own methods. `coroutine()` shadows `next` on its functions' prototypes, for `yield*`; whoever means to
// resume a generator itself calls these.
/** @internal */
export const resumeNext: Resume = generatorPrototype.next as Resume;
/** @internal */
export const resumeThrow: Resume = generatorPrototype.throw as Resume;

// A class in name only, so that `instanceof` walks the prototypes.
function AnyGenerator(): void {}
AnyGenerator.prototype = generatorPrototype;

/** @internal Whether `value` is what a generator function returns. */
export function isCoroutine(value: unknown): value is Coroutine<any> {
  return (
    value instanceof (AnyGenerator as unknown as new () => object) ||
    Object.prototype.toString.call(value) === "[object Generator]"
  );
}

/** @internal Whether `value` can be waited for. Collections can be iterated, too, and are not meant. */
export function isAwaitable(value: unknown): value is Awaitable<any> {
  if (typeof value !== "object" || value === null) return false;
  if (Array.isArray(value) || value instanceof Map || value instanceof Set || ArrayBuffer.isView(value)) return false;
  return typeof (value as { [Symbol.iterator]?: unknown })[Symbol.iterator] === "function";
}

/** @internal What `value` is, for a sentence that says it is not what was expected, and what to do. */
export function describeMistake(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === "function") {
    const name = value.name || "(anonymous)";
    const kind = Object.prototype.toString.call(value);
    if (kind === "[object GeneratorFunction]") return `the generator function ${name}. Call it: ${name}()`;
    if (kind === "[object AsyncFunction]") {
      return `the async function ${name}. Write it as a generator function (function*, yield* for await)`;
    }
    return `the function ${name}`;
  }
  // oxlint-disable-next-line typescript/no-base-to-string -- a primitive
  if (typeof value !== "object") return `a ${typeof value} (${String(value)})`;
  if (typeof (value as { then?: unknown }).then === "function")
    return "a native Promise. Wrap it: fromPromise(promise)";
  if (Array.isArray(value)) return "an array. To wait for several, use gather(array)";
  const kind = Object.prototype.toString.call(value).slice(8, -1);
  if (kind === "Generator") return "a coroutine";
  if (kind === "AsyncGenerator") return "an async generator. Read it by fromAsyncIterable(generator)";
  return `an object (${value.constructor?.name ?? kind})`;
}

/** @internal Awaits anything, as a coroutine. */
export function* awaiting<T>(awaitable: Awaitable<T>): Coroutine<T> {
  return yield* awaitable;
}
