import type { EventLoop } from "../loop/event-loop.ts";
import { Future } from "./future.ts";

/**
 * A future that others complete: the children of a gather, the tasks of a group. Whoever asks who waits for whom looks
 * through it.
 *
 * @internal
 */
export class StandIn<T> extends Future<T> {
  /** For errors and reports: `gather`. */
  readonly label: string;
  /** Whom it stands for; it may change. */
  readonly awaits: Iterable<Future<any>>;

  constructor(label: string, awaits: Iterable<Future<any>>, loop?: EventLoop) {
    super(loop === undefined ? undefined : { loop });
    this.label = label;
    this.awaits = awaits;
  }
}
