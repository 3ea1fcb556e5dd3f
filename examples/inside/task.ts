// A parent, a child; each step is a turn in the ready queue.
import { createTask, getRunningLoop } from "escapement";

export default function* main() {
  const loop = getRunningLoop();
  const say = (text: string): void => console.log(`iteration ${loop.iteration}: ${text}`);
  function* child() {
    say("child begins");
    yield;
    say("child ends");
    return "a result";
  }
  say("main makes the task");
  const task = createTask(child(), { name: "child" });
  say("main waits");
  say(`main has ${yield* task}`);
}
