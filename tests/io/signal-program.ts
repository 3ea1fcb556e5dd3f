// A program for a process of its own: waits for the signal that it is told; after SIGINT, until it is cancelled.
import { getRunningLoop, isCancelled, run, sleep } from "../../src/index.ts";
import { waitSignal } from "../../src/io/process.ts";

const signal = process.argv[2]!;

await run(function* () {
  // In the next iteration, when it does.
  getRunningLoop().callSoon(() => console.log("waits"));
  yield* waitSignal(signal);
  console.log(`${signal} came`);
  if (signal !== "SIGINT") return;
  try {
    yield* sleep(1_000_000);
  } catch (error) {
    if (isCancelled(error)) console.log("cancelled");
  }
});
