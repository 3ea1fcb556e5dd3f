import { RuntimeError, ValueError } from "../loop/errors.ts";
import { activeMachine } from "./active.ts";
import type { Machine } from "./machine.ts";

const FLOATS = 2 ** 32;

/**
 * A program's own draws. Each is a question to the oracle: it is replayed with the schedule, it is made smaller with it
 * (towards 0, the first, false), and a strategy that tries everything tries each answer.
 *
 * @example
 * function* main(world: World): Coroutine<string> {
 *   yield* sleep(world.random.integer(1, 100));
 *   return world.random.pick(["heads", "tails"]);
 * }
 */
export class Random {
  readonly #machine: Machine | null;

  /** @internal @param machine - Default: that of the simulation in which a draw is made. */
  constructor(machine: Machine | null = null) {
    this.#machine = machine;
  }

  #below(count: number, label: string): number {
    const machine = this.#machine ?? activeMachine();
    if (machine === null) throw new RuntimeError("Random: outside of a simulation there is nobody to ask.");
    return machine.ask("user", count, label);
  }

  /** From 0 up to, and without, 1. */
  float(): number {
    return this.#below(FLOATS, "float") / FLOATS;
  }

  /**
   * From `low` to `high`, both included.
   *
   * @throws {ValueError} When they are not integers in that order, or more than 2 ** 32 apart.
   */
  integer(low: number, high: number): number {
    if (!Number.isSafeInteger(low) || !Number.isSafeInteger(high) || low > high || high - low >= FLOATS) {
      throw new ValueError(`Random.integer: expected two integers, low before high, got ${low} and ${high}.`);
    }
    return low + this.#below(high - low + 1, "integer");
  }

  /** True `probability` of the time. @throws {ValueError} When it is not from 0 to 1. */
  chance(probability: number): boolean {
    const machine = this.#machine ?? activeMachine();
    checkProbability("Random.chance", probability);
    if (probability === 0 || probability === 1) return probability === 1;
    if (machine === null) throw new RuntimeError("Random: outside of a simulation there is nobody to ask.");
    return machine.ask("user", 2, "chance", probability) === 1;
  }

  /** @throws {ValueError} When there is nothing to pick from. */
  pick<T>(items: readonly T[]): T {
    if (items.length === 0) throw new ValueError("Random.pick: there is nothing to pick from.");
    return items[this.#below(items.length, "pick")] as T;
  }

  /** In place; returns `items`. Every order is equally likely. */
  shuffle<T>(items: T[]): T[] {
    // From the front, so that drawing the first of what is left, always, changes nothing.
    for (let i = 0; i < items.length - 1; i += 1) {
      const j = i + this.#below(items.length - i, "shuffle");
      const item = items[i] as T;
      items[i] = items[j] as T;
      items[j] = item;
    }
    return items;
  }

  /** Exponentially distributed: most are short, some are long. @throws {ValueError} When `mean` is negative. */
  exponential(mean: number): number {
    if (!(mean >= 0)) throw new ValueError(`Random.exponential: the mean is zero or more, not ${mean}.`);
    return -mean * Math.log(1 - this.float());
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.#below(256, "byte"));
  }
}

/** @internal */
export function checkProbability(who: string, probability: unknown): asserts probability is number {
  if (typeof probability !== "number" || !(probability >= 0 && probability <= 1)) {
    throw new ValueError(`${who}: a probability is a number from 0 to 1, not ${String(probability)}.`);
  }
}
