// Two tasks wait for one future; a third completes it.
import { Future, createTask, gather, getRunningLoop } from "escapement";

export default function* main() {
  const loop = getRunningLoop();
  const answer = new Future<number>();
  const say = (text: string): void => console.log(`iteration ${loop.iteration}: ${text}`);
  function* asks(name: string) {
    say(`${name} gets ${yield* answer}`);
  }
  const asking = [createTask(asks("anne"), { name: "anne" }), createTask(asks("bert"), { name: "bert" })];
  yield;
  answer.setResult(42);
  say("the answer is set");
  yield* asks("main");
  yield* gather(asking);
}
