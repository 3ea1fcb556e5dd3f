// Three coroutines that await each other: what comes out of the outermost?
import { type Coroutine, Future, createTask, sleep } from "escapement";

function* inner(future: Future<string>): Coroutine<string> {
  console.log("inner waits");
  return yield* future;
}

function* middle(future: Future<string>): Coroutine<string> {
  return `(${yield* inner(future)})`;
}

function* outer(future: Future<string>): Coroutine<void> {
  console.log(`outer has ${yield* middle(future)}`);
}

export default function* main() {
  // By hand: this is all that a task does.
  const byHand = new Future<string>();
  const coroutine = outer(byHand);
  const { value } = coroutine.next();
  console.log(`what came out is the future itself: ${value === byHand}`);
  byHand.setResult("by hand");
  coroutine.next();

  // By a task.
  const future = new Future<string>();
  const task = createTask(outer(future), { name: "outer" });
  yield* sleep(1);
  future.setResult("by a task");
  yield* task;
}
