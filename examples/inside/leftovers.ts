// Main ends while two tasks are still waiting.
import { createTask, getRunningLoop, sleep } from "escapement";

export default function* main() {
  const loop = getRunningLoop();
  const say = (text: string): void => console.log(`${loop.time()} ms, iteration ${loop.iteration}: ${text}`);
  function* forever(name: string) {
    try {
      yield* sleep(1000);
    } finally {
      say(`${name} cleans up`);
    }
  }
  createTask(forever("anne"), { name: "anne" });
  createTask(forever("bert"), { name: "bert" });
  yield* sleep(5);
  say("main ends");
}
