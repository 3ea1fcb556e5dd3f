// What the same programs run on: this machine, and a simulated one.
import { type Coroutine, type HostRunOptions, getRunningLoop } from "../../src/index.ts";
import { type SimulateOptions, type Strategy, fifo, simulate } from "../../src/sim/index.ts";
import { type Aftermath, runAndLook, runClean } from "./run-io.ts";

export interface Platform {
  readonly name: string;
  readonly isSimulated: boolean;
  /** Runs a program that leaves nothing behind, and about which nothing is reported: its result. */
  run<T>(main: () => Coroutine<T>): Promise<T>;
  /** Runs a program, and tells what was reported. */
  look<T>(main: (reports: readonly string[]) => Coroutine<T>, options?: HostRunOptions): Promise<Aftermath<T>>;
}

const realPlatform: Platform = {
  name: "on this machine",
  isSimulated: false,
  run: runClean,
  look: runAndLook,
};

/** Runs it in virtual time: its result, and what was reported. What it throws comes out. */
function lookSimulated<T>(
  main: (reports: readonly string[]) => Coroutine<T>,
  options: SimulateOptions = {},
): Aftermath<T> {
  const reports: string[] = [];
  function* program(): Coroutine<T> {
    const loop = getRunningLoop();
    loop.debug = true;
    loop.setExceptionHandler((_loop, { message, exception }) => {
      const error = exception as Error | undefined;
      reports.push(error === undefined ? message : `${message}: ${error.name}: ${error.message}`);
    });
    return yield* main(reports);
  }
  const { status, value, error } = simulate(program, { strategy: fifo(), ...options });
  if (status !== "returned") throw error ?? new Error(`the program ${status}`);
  return { result: value as T, reports, leaked: 0 };
}

/** As lookSimulated, of a program about which nothing is reported. */
export function runSimulated<T>(main: () => Coroutine<T>, strategy: Strategy = fifo()): T {
  const { result, reports } = lookSimulated(main, { strategy });
  if (reports.length > 0) throw new Error(`reported: ${reports.join("; ")}`);
  return result;
}

const simulatedPlatform: Platform = {
  name: "simulated",
  isSimulated: true,
  run: (main) => Promise.resolve().then(() => runSimulated(main)),
  look: (main, { instruments } = {}) =>
    Promise.resolve().then(() => lookSimulated(main, instruments === undefined ? {} : { instruments })),
};

export const platforms: readonly Platform[] = [realPlatform, simulatedPlatform];
