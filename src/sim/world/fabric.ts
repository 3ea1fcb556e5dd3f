import { Context } from "../../loop/context.ts";
import { NO_ARGS, TimerHandle } from "../../loop/handle.ts";
import type { Machine } from "../machine.ts";
import { Link } from "./link.ts";
import type { MachineSite } from "./machine-site.ts";
import { LOOPBACK, type LinkOptions } from "./options.ts";

/**
 * The machines of a world, the links between them, and the true time in which messages travel.
 *
 * @internal
 */
export class Fabric {
  readonly machine: Machine;
  readonly sites: Map<string, MachineSite> = new Map();
  readonly #defaults: LinkOptions;
  readonly #links = new Map<MachineSite, Map<MachineSite, Link>>();
  /** No machine's: what happens between them. */
  readonly between: Context = new Context();

  constructor(machine: Machine, defaults: LinkOptions) {
    this.machine = machine;
    this.#defaults = defaults;
  }

  get now(): number {
    return this.machine.clock.trueTime;
  }

  link(from: MachineSite, to: MachineSite): Link {
    let links = this.#links.get(from);
    if (links === undefined) this.#links.set(from, (links = new Map<MachineSite, Link>()));
    let link = links.get(to);
    if (link === undefined) {
      link = new Link(this.machine, `${from.name}>${to.name}`, from === to ? LOOPBACK : this.#defaults);
      links.set(to, link);
    }
    return link;
  }

  /** The true time in `delay` milliseconds, to the microsecond: what is read in reports has few digits. */
  after(delay: number): number {
    return Math.round((this.now + delay) * 1000) / 1000;
  }

  /** Calls `callback` at the true time `when`, as a callback of whoever `context` is of. */
  at(when: number, context: Context, callback: () => void): TimerHandle {
    const { loop } = this.machine;
    const timer = new TimerHandle(loop, when, callback, NO_ARGS, context);
    if (when > this.now) loop.addTrueTimer(timer);
    else loop.enqueue(timer);
    return timer;
  }

  soon(context: Context, callback: () => void): void {
    this.at(this.now, context, callback);
  }

  /** Tells strategies that want to know it what is read or written. */
  touch(what: object, writes: boolean): void {
    this.machine.tracer?.touch(what, "", writes);
  }
}
