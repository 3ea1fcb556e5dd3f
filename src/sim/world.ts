import type { Awaitable } from "../future/awaitable.ts";
import type { Main } from "../task/runner.ts";
import type { Machine } from "./machine.ts";
import { Random } from "./random.ts";

/** What a simulated program gets: all that is undetermined around it. */
export interface World {
  /** Its draws are choices: they are replayed, and made smaller, together with the schedule. */
  readonly random: Random;
}

/** What can be simulated: whatever `run` and `runSync` run, or a function of the world. */
export type Program<T> = Main<T> | ((world: World) => Awaitable<T>);

/** @internal */
export function makeWorld(machine: Machine): World {
  return { random: new Random(machine) };
}

/** @internal The program in its world. What a generator function gives is taken at once: it costs a frame less. */
export function mainOf<T>(program: Program<T>, world: World): Main<T> {
  if (typeof program !== "function") return program;
  const isGeneratorFunction = Object.prototype.toString.call(program) === "[object GeneratorFunction]";
  return isGeneratorFunction ? program(world) : (): Awaitable<T> => program(world);
}
