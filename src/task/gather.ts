import { ValueError } from "../loop/errors.ts";
import { getRunningLoop } from "../loop/event-loop.ts";
import { type Awaitable, type Awaited, describeMistake } from "../future/awaitable.ts";
import { cancelledError } from "../future/errors.ts";
import { FAILED, FINISHED, Future } from "../future/future.ts";
import { StandIn } from "../future/stand-in.ts";
import { ensureFuture } from "./create-task.ts";

type Results<A extends readonly Awaitable<any>[]> = { -readonly [K in keyof A]: Awaited<A[K]> };
type Settled<A extends readonly Awaitable<any>[]> = { -readonly [K in keyof A]: Awaited<A[K]> | Error };

/** Done when its children are; cancelling it cancels them. */
class Gathering extends StandIn<unknown[]> {
  cancelRequested = false;

  override cancel(message?: string): boolean {
    if (this.done()) return false;
    let cancelled = false;
    for (const child of this.awaits) cancelled = child.cancel(message) || cancelled;
    // Its own end comes with theirs: with the first that ends cancelled or, if errors are results, with the last.
    if (cancelled) this.cancelRequested = true;
    return cancelled;
  }
}

/**
 * Waits for all of `aws` at once: coroutines start as tasks, in order. Gives their results in that order.
 *
 * The first error ends it; the others go on. With `returnExceptions` errors are results. Cancelling it cancels all.
 *
 * @throws {TypeError} When one of them cannot be waited for.
 * @throws {ValueError} When they belong to different loops.
 * @example
 * const [one, two] = yield* gather([sleep(20, "one"), sleep(10, "two")]);
 * print(one, two); //=> "one two"
 * @see CPython 3.13 `asyncio.gather`
 */
export function gather<const A extends readonly Awaitable<any>[]>(
  aws: A,
  options?: { returnExceptions?: false },
): Future<Results<A>>;
export function gather<const A extends readonly Awaitable<any>[]>(
  aws: A,
  options: { returnExceptions: true },
): Future<Settled<A>>;
export function gather(aws: readonly Awaitable<any>[], options: { returnExceptions?: boolean } = {}): Future<any> {
  if (!Array.isArray(aws)) {
    throw new TypeError(`gather: expected an array of awaitables, got ${describeMistake(aws)}.`);
  }
  if (aws.length === 0) {
    const nothing = new Future<unknown[]>({ loop: getRunningLoop() });
    nothing.setResult([]);
    return nothing;
  }
  return gatherFutures(futuresOf(aws), options.returnExceptions ?? false);
}

/** The same awaitable twice is one child, whose result stands in two places. */
function* futuresOf(aws: readonly Awaitable<any>[]): Iterable<Future<any>> {
  const futures = new Map<Awaitable<any>, Future<any>>();
  for (const aw of aws) {
    const future = futures.get(aw) ?? ensureFuture(aw, "gather");
    futures.set(aw, future);
    const first = futures.get(aws[0]!)!;
    if (future.loop !== first.loop) {
      throw new ValueError("gather: a future belongs to a different event loop than the first one.");
    }
    yield future;
  }
}

/** @internal */
export function gatherFutures(futures: Iterable<Future<any>>, returnExceptions: boolean): Future<unknown[]> {
  const children: Future<any>[] = [];
  let left = 0;

  // Null for ever, when the next of `futures` cannot be made: those before it have their callbacks then.
  let outer: Gathering | null = null;
  const childDone = (child: Future<any>): void => {
    left -= 1;
    if (outer === null || outer.done()) {
      if (child.state === FAILED) child.exception();
      return;
    }
    if (!returnExceptions && (child.cancelled() || child.state === FAILED)) {
      outer.fail(child.takeError(""));
      return;
    }
    if (left > 0) return;
    const results = children.map(outcomeOf);
    // The error of the last in the list, whichever ended last: so does asyncio.
    if (outer.cancelRequested) outer.fail(children.at(-1)!.makeCancelledError());
    else outer.setResult(results);
  };

  const isIdle = (child: Future<any>): boolean =>
    outer !== null && !outer.done() && left > 1 && (returnExceptions || child.state === FINISHED);

  // One by one: a child that starts eagerly may complete those before it, whose callbacks are then due in the next iteration.
  const distinct = new Set<Future<any>>();
  const doneAlready: Future<any>[] = [];
  for (const child of futures) {
    children.push(child);
    if (distinct.has(child)) continue;
    distinct.add(child);
    left += 1;
    if (child.done()) doneAlready.push(child);
    else child.addCallback(childDone, isIdle);
  }
  outer = new Gathering("gather", children, children[0]!.loop);
  for (const child of doneAlready) childDone(child);
  return outer;
}

function outcomeOf(child: Future<any>): unknown {
  // As in asyncio, a cancelled child's own error is left to whoever awaits that child.
  if (child.cancelled()) return cancelledError(child.cancelReason());
  return child.state === FAILED ? child.exception() : child.result();
}
