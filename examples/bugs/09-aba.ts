// A stack whose pop compares the top with what it has seen, and puts what came next in its place. In between another pops
// two and pushes the first again: the top is the same, what comes next is not.
// Fixed: a version is compared with it.
import { type Coroutine, createTask } from "escapement";
import { state } from "escapement/sim";
import { must, together } from "./together.ts";

interface Node {
  next: Node | null;
  freed: boolean;
}

interface Stack {
  top: Node | null;
  version: number;
}

function pop(stack: Stack): Node {
  const node = stack.top!;
  stack.top = node.next;
  stack.version += 1;
  return node;
}

function push(stack: Stack, node: Node): void {
  node.next = stack.top;
  stack.top = node;
  stack.version += 1;
}

function* popCarefully(stack: Stack, compares: (stack: Stack) => unknown): Coroutine<void> {
  yield;
  const { top } = stack;
  const next = top!.next;
  const seen = compares(stack);
  yield;
  if (compares(stack) === seen) stack.top = next;
}

function* popTwoPushOne(stack: Stack): Coroutine<void> {
  yield;
  const first = pop(stack);
  yield;
  if (stack.top !== null) pop(stack).freed = true;
  yield;
  push(stack, first);
}

function* scenario(compares: (stack: Stack) => unknown): Coroutine<void> {
  const c: Node = { next: null, freed: false };
  const b: Node = { next: c, freed: false };
  const stack: Stack = state({ top: { next: b, freed: false }, version: 0 }, "stack");
  const one = createTask(popCarefully(stack, compares), { name: "one" });
  yield* together(one, createTask(popTwoPushOne(stack), { name: "two" }));
  for (let node = stack.top; node !== null; node = node.next) must(!node.freed, "a freed node is on the stack");
}

export default function* aba(): Coroutine<void> {
  yield* scenario((stack) => stack.top);
}

export function* fixed(): Coroutine<void> {
  yield* scenario((stack) => stack.version);
}
