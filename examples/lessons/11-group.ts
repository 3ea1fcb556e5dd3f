// Covers: TaskGroup, ExceptionGroup.
// Scenario: three climbers on one rope. One falls, one loses his hat over it, one is pulled back.
import { type Coroutine, ExceptionGroup, TaskGroup, isCancelled, sleep, using } from "escapement";

function* falls(): Coroutine<void> {
  yield* sleep(100);
  throw new Error("a fall");
}

function* losesHat(): Coroutine<void> {
  try {
    yield* sleep(60_000);
  } catch (error) {
    if (isCancelled(error)) throw new Error("a lost hat", { cause: error });
  }
}

function* climbs(): Coroutine<void> {
  yield* sleep(60_000);
  console.log("the top");
}

export default function* main(): Coroutine<void> {
  const rope = new TaskGroup();
  try {
    yield* using(rope, function* () {
      rope.createTask(falls(), { name: "ann" });
      rope.createTask(losesHat(), { name: "bob" });
      rope.createTask(climbs(), { name: "cid" });
      yield* sleep(30_000);
      console.log("half way");
    });
  } catch (error) {
    if (!(error instanceof ExceptionGroup)) throw error;
    console.log(error.errors.map(({ message }: Error) => message).join(" and "));
  }
}
