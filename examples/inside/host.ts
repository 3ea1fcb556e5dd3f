// What comes from the host, and what the loop had ready before.
import { Future, getRunningLoop } from "escapement";

export default function* main() {
  const loop = getRunningLoop();
  const arrived = new Future<string>();
  // As the host would, from a socket: outside of any task, at some moment.
  loop.callLater(3, function fromTheHost() {
    loop.callSoonThreadsafe(function deliver() {
      arrived.setResult("a packet");
    });
  });
  console.log(`${yield* arrived}, in iteration ${loop.iteration}`);
}
