// Three want a lock; the second is cancelled as it is its turn.
import { type Coroutine, Lock, type Task, createTask, gather, getRunningLoop, sleep, using } from "escapement";

export default function* main() {
  const loop = getRunningLoop();
  const say = (text: string): void => console.log(`${loop.time()} ms, iteration ${loop.iteration}: ${text}`);
  const lock = new Lock();
  function* wants(name: string): Coroutine<void> {
    yield* using(lock, function* () {
      say(`${name} has the lock`);
      yield* sleep(10);
    });
    // It has just been released, and bert has been woken.
    if (name === "anne") tasks[1]!.cancel();
  }
  const tasks: Task<void>[] = ["anne", "bert", "cleo"].map((name) => createTask(wants(name), { name }));
  yield* gather(tasks, { returnExceptions: true });
}
