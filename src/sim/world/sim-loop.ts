import { EventLoop, type LoopOptions } from "../../loop/event-loop.ts";
import type { TimerHandle } from "../../loop/handle.ts";
import { refusalOf } from "../fence/refused.ts";
import type { SimClock } from "../sim-clock.ts";
import { bootOf } from "./boot.ts";

/**
 * The one loop of all machines of a world. A timer is set by the clock of the machine that sets it, and waits in true time.
 *
 * @internal
 */
export class SimLoop extends EventLoop {
  readonly #clock: SimClock;

  constructor(options: LoopOptions & { clock: SimClock }) {
    super(options);
    this.#clock = options.clock;
  }

  override addTimer(timer: TimerHandle): void {
    const clock = this.#clock;
    const site = clock.readLocally === null ? undefined : bootOf(timer)?.site;
    if (site !== undefined) {
      const now = clock.trueTime;
      const deadline = now + site.clock.trueDuration(timer.when() - site.clock.read(now));
      timer.deadline = () => deadline;
    }
    super.addTimer(timer);
  }

  override refusal(who: string): Error | null {
    return refusalOf(who, this.refusal);
  }

  /** As addTimer; the timer's deadline is in true time. */
  addTrueTimer(timer: TimerHandle): void {
    super.addTimer(timer);
  }
}
