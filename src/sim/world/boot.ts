import { type Context, ContextVar, enterContext } from "../../loop/context.ts";
import type { Runnable } from "../../loop/handle.ts";
import type { MachineSite } from "./machine-site.ts";

/**
 * One life of a machine, from its start to its crash. Its tasks and callbacks are those whose context is bound to it.
 *
 * @internal
 */
export class Boot {
  readonly site: MachineSite;
  readonly context: Context;
  alive = true;

  constructor(site: MachineSite, context: Context) {
    this.site = site;
    this.context = context;
  }

  /** Calls `action` as a callback of this machine. */
  within(action: () => void): void {
    const outer = enterContext(this.context);
    try {
      action();
    } finally {
      enterContext(outer);
    }
  }
}

/** The machine that code runs on, and its life. Not bound: the program itself, which is on none that can crash. @internal */
export const here: ContextVar<Boot> = new ContextVar<Boot>("here");

/** The life that an entry of the ready queue belongs to. @internal */
export function bootOf(entry: Runnable): Boot | undefined {
  return (entry as { context?: Context }).context?.get(here);
}
