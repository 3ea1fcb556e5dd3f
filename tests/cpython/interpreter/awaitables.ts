import {
  Barrier,
  Condition,
  currentTask,
  Event,
  Future,
  gather,
  Lock,
  Queue,
  Semaphore,
  shield,
  sleep,
  wait,
  waitFor,
} from "../../../src/index.ts";
import type { Awaitable, Coroutine } from "../../../src/index.ts";
import type { AwaitableNode, AwaitableOf } from "./language.ts";
import { MAXIMUM_DEPTH } from "./machine.ts";
import type { Frame, Machine } from "./machine.ts";

/** Builds what a program describes, from left to right. Nothing starts here but what starts when it is made. */
export function build(machine: Machine, frame: Frame, node: AwaitableNode): Awaitable<unknown> {
  machine.use(`await:${node.k}`);
  if ("o" in node) return ofObject(machine, node);
  switch (node.k) {
    case "co":
      return frame.depth < MAXIMUM_DEPTH ? machine.call(node.c, frame.depth + 1) : sleep(0);
    case "sleep":
      return node.v === undefined ? sleep(node.d) : sleep(node.d, node.v);
    case "pass":
      return pass();
    case "t":
      return futureIn(machine, node.t);
    case "self":
      return currentTask() ?? sleep(0);
    case "let":
      return takeLet(machine, node.x);
    case "gather":
      return gather(buildAll(machine, frame, node.aws), { returnExceptions: node.re ?? false } as {
        returnExceptions: true;
      });
    case "wait":
      return waitForSlots(machine, node);
    case "wf":
      return waitFor(build(machine, frame, node.aw), node.d);
    case "shield":
      return shield(build(machine, frame, node.aw));
  }
}

export function buildAll(machine: Machine, frame: Frame, nodes: readonly AwaitableNode[]): Awaitable<unknown>[] {
  return nodes.map((node) => build(machine, frame, node));
}

function* pass(): Coroutine<void> {
  yield;
}

function futureIn(machine: Machine, name: string): Awaitable<unknown> {
  const future = machine.get(name);
  return future instanceof Future && future !== currentTask() ? future : sleep(0);
}

function takeLet(machine: Machine, name: string): Awaitable<unknown> {
  const kept = machine.lets.get(name);
  machine.lets.delete(name);
  return kept === undefined ? sleep(0) : kept;
}

function waitForSlots(machine: Machine, node: AwaitableOf<"wait">): Coroutine<unknown> {
  const futures = new Map<number, Future<unknown>>();
  for (const [index, name] of node.ts.entries()) {
    const future = machine.get(name);
    if (future instanceof Future) futures.set(index, future);
  }
  const options = {
    ...(node.d === undefined ? {} : { timeout: node.d }),
    ...(node.rw === undefined ? {} : { returnWhen: node.rw }),
  };
  return waitForIndices(futures, options);
}

function* waitForIndices(
  futures: ReadonlyMap<number, Future<unknown>>,
  options: Parameters<typeof wait>[1],
): Coroutine<unknown> {
  const { done, pending } = yield* wait(futures.values(), options);
  const indices = (side: ReadonlySet<Future<unknown>>): number[] =>
    [...futures].filter(([, future]) => side.has(future)).map(([index]) => index);
  return [indices(done), indices(pending)];
}

type OfObject = Extract<AwaitableNode, { readonly o: string }>;

/** What the shared objects offer; where the slot holds no such thing, `sleep(0)`. */
function ofObject(machine: Machine, node: OfObject): Awaitable<unknown> {
  const object = machine.get(node.o);
  switch (node.k) {
    case "acquire":
      return isLock(object) ? object.acquire() : sleep(0);
    case "get":
      return object instanceof Queue ? object.get() : sleep(0);
    case "put":
      return object instanceof Queue ? object.put(node.v) : sleep(0);
    case "join":
      return object instanceof Queue ? object.join() : sleep(0);
    case "ev":
      return object instanceof Event ? object.wait() : sleep(0);
    case "cwait":
      return object instanceof Condition ? object.wait() : sleep(0);
    case "cwf":
      return object instanceof Condition
        ? object.waitFor(() => (machine.integers.get(node.x) ?? 0) >= node.n)
        : sleep(0);
    case "bar":
      return object instanceof Barrier ? object.wait() : sleep(0);
    case "breset":
      return object instanceof Barrier ? object.reset() : sleep(0);
    case "babort":
      return object instanceof Barrier ? object.abort() : sleep(0);
  }
}

/** Whether it has acquire(), release() and locked(). */
export function isLock(object: unknown): object is Lock | Condition | Semaphore {
  return object instanceof Lock || object instanceof Condition || object instanceof Semaphore;
}
