// Three callbacks, one of which makes two more.
import { Future, getRunningLoop } from "escapement";

export default function* main() {
  const loop = getRunningLoop();
  const over = new Future<void>();
  const say = (text: string): void => console.log(`iteration ${loop.iteration}: ${text}`);
  loop.callSoon(function first() {
    say("first");
    loop.callSoon(function late() {
      say("late");
      over.setResult();
    });
  });
  loop.callSoon(function second() {
    say("second");
  });
  loop.callSoon(function third() {
    say("third");
  });
  yield* over;
}
