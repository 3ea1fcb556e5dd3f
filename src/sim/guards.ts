import type { Runnable } from "../loop/handle.ts";
import { PENDING } from "../future/future.ts";
import type { Machine } from "./machine.ts";
import { Prompt } from "./prompt.ts";
import type { Guard } from "./until.ts";

/**
 * Tasks that are ready whenever a condition holds. They stand in no queue.
 *
 * @internal
 */
export class Guards {
  readonly #machine: Machine;
  readonly #waiting: Guard[] = [];
  readonly #prompt: Prompt;

  /** @param run - Called when nobody else is ready. */
  constructor(machine: Machine, run: () => void) {
    this.#machine = machine;
    this.#prompt = new Prompt(run);
  }

  reset(): void {
    this.#waiting.length = 0;
    this.#prompt.queued = false;
  }

  get some(): boolean {
    return this.#waiting.length > 0;
  }

  add(guard: Guard): void {
    this.#waiting.push(guard);
    this.prompt();
  }

  /** Sees to it that the loop asks before every step, even when it has but one callback, or none. */
  prompt(): void {
    if (this.#prompt.queued) return;
    this.#prompt.queued = true;
    this.#machine.loop.enqueue(this.#prompt);
  }

  isPrompt(entry: Runnable): boolean {
    return entry === this.#prompt;
  }

  /** Those whose condition holds. */
  open(): readonly Guard[] {
    const { tracer, vigilant, world } = this.#machine;
    const waiting = this.#waiting;
    const open: Guard[] = [];
    let kept = 0;
    for (const guard of waiting) {
      if (guard.state !== PENDING) continue;
      waiting[kept] = guard;
      kept += 1;
      if (vigilant && world.bars(guard.waiter)) continue;
      const holds = tracer === null ? guard.holds() : tracer.observe(guard.waiter, guard.holds);
      if (holds) open.push(guard);
    }
    waiting.length = kept;
    return open;
  }
}
