// Workers take work from a queue that counts what is unfinished; the work on a parent adds a child. The parent is counted
// off before the child is counted in: for a moment nothing is unfinished, and whoever joins goes on too early.
// Fixed: the child first.
import { type Coroutine, createTask } from "escapement";
import { state, until } from "escapement/sim";
import { must, together } from "./together.ts";

interface Work {
  readonly queue: string[];
  unfinished: number;
  done: number;
}

function* worker(work: Work, childFirst: boolean): Coroutine<void> {
  while (work.queue.length > 0) {
    const item = work.queue.shift();
    yield;
    if (item === "parent" && !childFirst) {
      work.unfinished -= 1;
      yield;
      work.unfinished += 1;
      work.queue.push("child");
      work.done += 1;
    } else {
      if (item === "parent") {
        work.unfinished += 1;
        work.queue.push("child");
        yield;
      }
      work.done += 1;
      work.unfinished -= 1;
    }
    yield;
  }
}

function* joiner(work: Work): Coroutine<void> {
  yield* until(() => work.unfinished === 0);
  must(work.done === 3, `only ${work.done} of 3 were done at the end of the join`);
}

function* scenario(childFirst: boolean): Coroutine<void> {
  const work: Work = state({ queue: ["parent", "leaf"], unfinished: 2, done: 0 }, "work");
  const workers = ["a", "b"].map((name) => createTask(worker(work, childFirst), { name }));
  yield* together(...workers, createTask(joiner(work), { name: "joiner" }));
}

export default function* queueJoinRace(): Coroutine<void> {
  yield* scenario(false);
}

export function* fixed(): Coroutine<void> {
  yield* scenario(true);
}
