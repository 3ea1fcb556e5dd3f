// In debug mode: which of the library's awaitables a task made and never awaited. They do nothing until they are awaited;
// a `yield*` that was forgotten shows here, and nowhere else.

// Who makes them now; null when nobody takes note. Then making one costs a comparison.
let maker: object | null = null;

const makers = new WeakMap<object, object>();
const unawaited = new WeakMap<object, Map<object, string>>();

/** @internal From now on, what is made is noted as made by `next`. Returns who it was. */
export function swapMaker(next: object | null): object | null {
  const previous = maker;
  maker = next;
  return previous;
}

/** @internal */
export function noteMade(awaitable: object): void {
  if (maker === null) return;
  makers.set(awaitable, maker);
  const made = unawaited.get(maker) ?? new Map<object, string>();
  unawaited.set(maker, made.set(awaitable, new Error("made here").stack ?? ""));
}

/** @internal It is awaited; or somebody has taken it who will. */
export function noteAwaited(awaitable: object): void {
  if (maker === null) return;
  const by = makers.get(awaitable);
  if (by !== undefined) unawaited.get(by)?.delete(awaitable);
}

/** @internal What `by` made that nobody has awaited, and the stack it was made on; in order. Answers once. */
export function takeUnawaited(by: object): ReadonlyMap<object, string> {
  const made = unawaited.get(by) ?? new Map<object, string>();
  unawaited.delete(by);
  return made;
}
