// One child of a group fails; another is slow.
import { ExceptionGroup, TaskGroup, getRunningLoop, sleep, using } from "escapement";

export default function* main() {
  const loop = getRunningLoop();
  const say = (text: string): void => console.log(`${loop.time()} ms, iteration ${loop.iteration}: ${text}`);
  const group = new TaskGroup();
  function* slow() {
    try {
      yield* sleep(1000);
    } finally {
      say("slow is cancelled");
    }
  }
  function* fails() {
    yield* sleep(5);
    throw new Error("no");
  }
  try {
    yield* using(group, function* () {
      group.createTask(slow(), { name: "slow" });
      group.createTask(fails(), { name: "fails" });
      yield* sleep(500);
      say("never said");
    });
  } catch (error) {
    if (error instanceof ExceptionGroup) say(`the group has ended, with ${error.errors.length} error`);
  }
}
