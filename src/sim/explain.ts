import type { Operation } from "./history.ts";
import type { Model } from "./linearizable.ts";
import { show } from "./show.ts";

/** The operation that fits nowhere, and what is known of the place where it would have to be. */
interface Finding<S, I, O> {
  readonly operation: Operation<I, O>;
  /** The one with whose return the shortest beginning ends that has no order: mostly the same. */
  readonly last: Operation<I, O>;
  /** The states in which it was tried. */
  readonly states: readonly S[];
  readonly key: string | undefined;
}

const MOST_STATES = 6;
const MOST_BEFORE = 4;
const MOST_BESIDE = 20;

/**
 * Why there is no order, as a text: the operation that fits nowhere, the states that it found, and a picture of what overlaps.
 *
 * @internal
 */
export function explain<S, I, O>(
  model: Pick<Model<S, I, O>, "show" | "describe">,
  operations: readonly Operation<I, O>[],
  finding: Finding<S, I, O>,
): string {
  const { operation, last, states } = finding;
  const describe = (one: Operation<I, O>) => describeOperation(model, one, last.returnedAt);
  const { shown, before, beside } = chosen(operations, operation, last);
  return [
    `Not linearizable${circumstances(finding, describe)}: ${nameOf(operation)} ${describe(operation)} fits nowhere.`,
    `In every order that real time allows, the state it finds is ${statesOf(model, states)}.`,
    "",
    ...draw(shown, operation, last.returnedAt, describe),
    ...leftOut(before, "before"),
    ...leftOut(beside, "beside"),
  ].join("\n");
}

function circumstances<I, O>(
  { operation, last, key }: Finding<unknown, I, O>,
  describe: (operation: Operation<I, O>) => string,
): string {
  const which = key === undefined ? "" : ` (key ${JSON.stringify(key)})`;
  return operation === last ? which : `${which} once ${nameOf(last)} ${describe(last)} has returned`;
}

function describeOperation<I, O>(
  model: Pick<Model<unknown, I, O>, "describe">,
  { input, output, returnedAt }: Operation<I, O>,
  end: number,
): string {
  const hasReturned = returnedAt <= end;
  if (model.describe !== undefined) return model.describe(input, hasReturned ? output : undefined);
  return hasReturned ? `${show(input)} -> ${show(output)}` : show(input);
}

function statesOf<S>(model: Pick<Model<S, unknown, unknown>, "show">, states: readonly S[]): string {
  const texts = [...new Set(states.map((state) => (model.show === undefined ? show(state) : model.show(state))))];
  const shown = texts.toSorted().slice(0, MOST_STATES);
  const more = texts.length - shown.length;
  if (more > 0) return `${shown.join(", ")} or one of ${more} more`;
  return shown.length === 1 ? shown[0]! : `${shown.slice(0, -1).join(", ")} or ${shown.at(-1)}`;
}

/** What overlaps with `operation`, and the last few before; and how many are not shown. */
function chosen<I, O>(operations: readonly Operation<I, O>[], operation: Operation<I, O>, last: Operation<I, O>) {
  const called = operations.filter(({ calledAt }) => calledAt <= operation.returnedAt);
  const isBefore = (one: Operation<I, O>) => one.returnedAt < operation.calledAt;
  const before = called.filter(isBefore).toSorted((a, b) => a.returnedAt - b.returnedAt);
  const beside = called.filter((one) => !isBefore(one) && one !== operation && one !== last);
  const shown = new Set([...before.slice(-MOST_BEFORE), ...beside.slice(-MOST_BESIDE), operation, last]);
  return {
    shown: [...shown].toSorted((a, b) => a.calledAt - b.calledAt),
    before: before.length - MOST_BEFORE,
    beside: beside.length - MOST_BESIDE,
  };
}

function leftOut(count: number, where: string): string[] {
  return count > 0 ? [`  (and ${count} more ${where} it)`] : [];
}

/** A line for each: who, what, and from when to when, one column for each call and return. */
function draw<I, O>(
  shown: readonly Operation<I, O>[],
  culprit: Operation<I, O>,
  end: number,
  describe: (operation: Operation<I, O>) => string,
): string[] {
  const column = columns(shown, end);
  const names = widest(shown.map(nameOf));
  const texts = widest(shown.map(describe));
  return shown.map((one, i) => {
    const line = `  ${names[i]}  ${texts[i]}  ${bar(one, end, column)}`;
    return one === culprit ? `${line} <-` : line;
  });
}

function widest(texts: readonly string[]): readonly string[] {
  const width = Math.max(...texts.map(({ length }) => length));
  return texts.map((text) => text.padEnd(width));
}

function columns(shown: readonly Operation<unknown, unknown>[], end: number): (event: number) => number {
  const events = shown.flatMap(({ calledAt, returnedAt }) => [calledAt, Math.min(returnedAt, end)]);
  const order = new Map([...new Set(events)].toSorted((a, b) => a - b).map((event, i) => [event, 2 * i]));
  return (event) => order.get(event)!;
}

/** From its call to its return, or on past the end. */
function bar(
  { calledAt, returnedAt }: Operation<unknown, unknown>,
  end: number,
  column: (event: number) => number,
): string {
  const [from, to] = [column(calledAt), column(Math.min(returnedAt, end))];
  return `${" ".repeat(from)}|${"-".repeat(to - from - 1)}${returnedAt > end ? "->" : "|"}`;
}

function nameOf({ id, process }: Operation<unknown, unknown>): string {
  return process === undefined ? `#${id}` : `#${id} ${process}`;
}
