import { type Awaitable, type Coroutine, getRunningLoop, isCancelled, runSync } from "escapement";
import { describe, expect, it } from "vitest";
import { type Dialect, alwaysTheLast, dialects, randomly } from "./dialects.ts";

/** What a program is written with. */
export interface Kit extends Dialect {
  /** A line of the trace: the time, and what happened. */
  say(what: string): void;
  /** Waits for `aw`, and says what came of it: `who: value`, or the error's name. */
  tell(who: string, aw: Awaitable<unknown>): Coroutine<void>;
}

/** Makes the main function of a program, a new one each time: `coroutine()` changes the function it is given. */
type Program = (kit: Kit) => () => Coroutine<unknown>;

/**
 * A program and its trace, one test for each dialect. First in, first out, the trace is this one; under every other
 * scheduler the same happens at the same times, and only within one moment the order is the scheduler's.
 */
export function behaviour(of: string, sentence: string, program: Program, trace: readonly string[]): void {
  describe(of, () => {
    it.each(dialects)(`${sentence} ($name)`, (dialect) => {
      const main = (): Coroutine<string[]> => traced(dialect, program);
      expect(runSync(main)).toEqual(trace);
      for (const scheduler of [alwaysTheLast, randomly(1), randomly(2)]) {
        expect(byMoment(runSync(main, { scheduler }))).toEqual(byMoment(trace));
      }
    });
  });
}

function* traced(dialect: Dialect, program: Program): Coroutine<string[]> {
  const { co, wait } = dialect;
  const trace: string[] = [];
  const say = (what: string): void => void trace.push(`${getRunningLoop().time()} ${what}`);
  const tell = co(function* (who: string, aw: Awaitable<unknown>): Coroutine<void> {
    try {
      say(`${who}: ${String(yield* wait(aw))}`);
    } catch (error) {
      say(`${who}: ${named(error)}`);
    }
  });
  const main = co(program({ ...dialect, say, tell }));
  yield* wait(main());
  return trace;
}

/** The library's own messages are read elsewhere; those of a plain Error or a cancellation are the program's. */
function named(error: unknown): string {
  if (error instanceof AggregateError) return `${error.name} of ${error.errors.map(named).join(", ")}`;
  if (!(error instanceof Error)) return String(error);
  const { name, message } = error;
  return isCancelled(error) || name === "Error" ? `${name} ${message}`.trim() : name;
}

/** Each moment's lines in one order; the moments as they came. */
function byMoment(trace: readonly string[]): [time: string, lines: string[]][] {
  const moments: [string, string[]][] = [];
  for (const line of trace) {
    const time = line.slice(0, line.indexOf(" "));
    if (moments.at(-1)?.[0] !== time) moments.push([time, []]);
    moments.at(-1)![1].push(line);
  }
  for (const [, lines] of moments) lines.sort();
  return moments;
}
