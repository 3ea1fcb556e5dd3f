import { RuntimeError } from "../loop/errors.ts";
import { type EventLoop, getRunningLoop } from "../loop/event-loop.ts";

/**
 * The running loop, whose host takes turns with it.
 *
 * @param what - What is done in those turns, for the error: `processes are started`.
 * @throws {RuntimeError} When it has none: what the host does would never be heard of.
 * @internal
 */
export function hostedLoop(who: string, what: string = "it is reached"): EventLoop {
  const loop = getRunningLoop();
  if (!loop.hosted) {
    throw (
      loop.refusal(who) ??
      new RuntimeError(`${who}: ${what} through the host's loop, which has no turn here. Use run().`)
    );
  }
  return loop;
}
