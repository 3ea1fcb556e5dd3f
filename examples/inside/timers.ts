// Four timers: two with the same deadline, one that is cancelled, one set while the others run.
import { Future, getRunningLoop } from "escapement";

export default function* main() {
  const loop = getRunningLoop();
  const over = new Future<void>();
  const say = (text: string): void => console.log(`${loop.time()} ms, iteration ${loop.iteration}: ${text}`);
  loop.callLater(20, function late() {
    say("late");
    over.setResult();
  });
  loop.callLater(10, function one() {
    say("one");
    loop.callLater(0, function soon() {
      say("soon");
    });
  });
  loop.callLater(10, function two() {
    say("two");
  });
  loop
    .callLater(15, function never() {
      say("never");
    })
    .cancel();
  yield* over;
}
