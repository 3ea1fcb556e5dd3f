// Runs a program on the host's loop, and looks whether it left anything behind.
import { type Coroutine, type HostRunOptions, getRunningLoop, run, sleep } from "../../src/index.ts";

/** Sockets and servers of this process that the host knows of. */
export function openSockets(): number {
  return process.getActiveResourcesInfo().filter((kind) => /^(TCP|Pipe)/.test(kind)).length;
}

/** What was reported to the loop's exception handler while a program ran, and how many more sockets there are than before. */
export interface Aftermath<T> {
  readonly result: T;
  readonly reports: readonly string[];
  readonly leaked: number;
}

/** Runs it in debug mode, in which a connection or server that nobody has closed is reported. */
export async function runAndLook<T>(
  main: (reports: readonly string[]) => Coroutine<T>,
  options: HostRunOptions = {},
): Promise<Aftermath<T>> {
  const before = openSockets();
  const reports: string[] = [];
  const result = await run(
    function* () {
      const loop = getRunningLoop();
      loop.slowCallbackDuration = Infinity;
      loop.setExceptionHandler((_loop, { message, exception }) => {
        reports.push(exception === undefined ? message : `${message}: ${describe(exception as Error)}`);
      });
      return yield* main(reports);
    },
    { debug: true, ...options },
  );
  return { result, reports, leaked: await socketsBeyond(before) };
}

/** A program that leaves nothing behind, and about which nothing is reported: its result. */
export async function runClean<T>(main: () => Coroutine<T>, options?: HostRunOptions): Promise<T> {
  const { result, reports, leaked } = await runAndLook(main, options);
  if (reports.length > 0) throw new Error(`reported: ${reports.join("; ")}`);
  if (leaked > 0) throw new Error(`${leaked} sockets are still open`);
  return result;
}

/** Waits for what another part of the program will have done. */
export function* until(done: () => boolean): Coroutine<void> {
  while (!done()) yield* sleep(1);
}

// The host frees what was closed in one of its next turns.
async function socketsBeyond(before: number): Promise<number> {
  for (let turn = 0; turn < 500 && openSockets() > before; turn += 1) {
    await new Promise((resolve) => setImmediate(resolve));
  }
  return Math.max(0, openSockets() - before);
}

function describe({ name, message }: Error): string {
  return `${name}: ${message}`;
}
