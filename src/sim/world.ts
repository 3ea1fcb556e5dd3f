import type { Awaitable } from "../future/awaitable.ts";
import type { Main } from "../task/runner.ts";
import type { Random } from "./random.ts";
import type { DiskOptions } from "./world/disk-options.ts";
import type { NetworkOptions } from "./world/options.ts";

/** A machine of the world. */
export interface Host {
  /** Also its address: `openConnection(host.name, 80)`. */
  readonly name: string;
  /**
   * Ends all that runs on it, at once, as when the power fails: its tasks vanish where they stand, no `finally` runs, its
   * files lose what was not synced. Its connections are reset, or, as the oracle chooses, their peers hear nothing.
   */
  crash(): void;
  /** Begins its program anew; crashes it first, if it is up. Its files are there again. */
  restart(): void;
  /** Nothing runs on it until `resume`: its timers and what arrives wait for it. */
  pause(): void;
  resume(): void;
  /**
   * From now on its clock is so far ahead of true time, and gains on it: what `loop.time()` reads on it, and how long its
   * timers take that are set from now on. It may jump back.
   *
   * @param milliseconds - How far it is ahead; negative when it is behind.
   * @param drift - By how much it gains for each millisecond: 0.01 is one percent too fast. Default 0.
   * @throws {ValueError} When they are not finite, or the clock would not go forward.
   */
  skewClock(milliseconds: number, drift?: number): void;
  /** Whether it runs: it has not crashed since it was started. */
  readonly up: boolean;
}

/** What a simulated program gets: all that is undetermined around it. */
export interface World {
  /** Its draws are choices: they are replayed, and made smaller, together with the schedule. */
  readonly random: Random;
  /**
   * Starts a machine of its own. What its program reaches through escapement/net, /http, /websocket and /files is
   * simulated, as it is for the main program, which is on a machine named "main" that no fault befalls.
   *
   * What the program throws ends the run, as if main had thrown it. When main ends, all hosts are switched off.
   *
   * @throws {ValueError} When there is a host of that name.
   */
  host(name: string, program: () => Awaitable<unknown>): Host;
  /**
   * Lets nothing through between the hosts of `a` and those of `b`, until `heal`. What is under way waits, as TCP sends it
   * again; what waits for too long fails with ETIMEDOUT.
   *
   * @param options.oneWay - Only from `a` to `b` nothing comes through. Default false.
   * @throws {ValueError} When a host is on both sides, or is not one of this world.
   */
  partition(a: Host | readonly Host[], b: Host | readonly Host[], options?: { oneWay?: boolean }): void;
  /** Undoes partitions: between `a` and `b`, of `a` with all others, or all there are. */
  heal(a?: Host | readonly Host[], b?: Host | readonly Host[]): void;
  /** Sets what the link between `a` and `b` does, both ways; what is not said stays as it was. @throws {ValueError} */
  link(a: Host, b: Host, options: NetworkOptions): void;
  /** Sets how well a host's disk works; what is not said stays as it was. @throws {ValueError} */
  disk(host: Host, options: DiskOptions): void;
}

/** What can be simulated: whatever `run` and `runSync` run, or a function of the world. */
export type Program<T> = Main<T> | ((world: World) => Awaitable<T>);

/** @internal The program in its world. What a generator function gives is taken at once: it costs a frame less. */
export function mainOf<T>(program: Program<T>, world: World): Main<T> {
  if (typeof program !== "function") return program;
  const isGeneratorFunction = Object.prototype.toString.call(program) === "[object GeneratorFunction]";
  return isGeneratorFunction ? program(world) : (): Awaitable<T> => program(world);
}
