// The tour, `npm start`: every example of this folder, first in virtual time, which is over at once, then in real time.
// Those that need the host, for files or the network, run in real time only. The loop's clock stands beside each line that
// an example prints.
import { readdirSync } from "node:fs";
import { type Coroutine, type Instrument, type Main, type RunOptions, getRunningLoop, run, runSync } from "escapement";
import { startEmbeddedPostgres } from "./embedded-postgres.ts";

interface Program {
  readonly name: string;
  readonly main: () => Coroutine<unknown>;
  readonly needsHost: boolean;
  /** It simulates by itself, and runs outside of any loop. */
  readonly simulates: boolean;
}

/** What one run of a program took: milliseconds on its loop's clock, and what an instrument counted. */
interface Tally {
  time: number;
  iterations: number;
  tasks: number;
}

// The loop's clock reads what it likes when a program begins; the tour shows the time since then.
type Reading = (milliseconds: number) => string;
const exactly: Reading = (milliseconds) => `${milliseconds} ms`;
const roughly: Reading = (milliseconds) => `~${Math.round(milliseconds / 10) * 10} ms`;

const print = console.log;

await tour();

async function tour(): Promise<void> {
  // It takes seconds, in a thread of its own; the first examples do not need it.
  startEmbeddedPostgres();
  const rows: string[][] = [["example", "simulated time", "real time", "iterations", "tasks"]];
  for (const program of await programs()) {
    if (program.simulates) {
      print(`\n${program.name}, simulated`);
      const start = performance.now();
      (program.main as () => unknown)();
      rows.push([program.name, "-", roughly(performance.now() - start), "-", "-"]);
      continue;
    }
    const simulated = program.needsHost ? null : await simulate(program);
    print(`\n${program.name}, in real time`);
    const real = await watch(program.main, roughly, run);
    const { iterations, tasks } = simulated ?? real;
    const simulatedTime = simulated === null ? "-" : exactly(simulated.time);
    rows.push([program.name, simulatedTime, roughly(real.time), String(iterations), String(tasks)]);
  }
  print(`\n${table(rows)}`);
  print("\nIterations and tasks are those in virtual time, where there is one; the main task is included.");
}

function simulate({ name, main }: Program): Promise<Tally> {
  print(`\n${name}, in virtual time`);
  return watch(main, exactly, runSync);
}

async function programs(): Promise<Program[]> {
  const names = readdirSync(new URL(".", import.meta.url)).filter((name) => /^\d\d-.*\.ts$/.test(name));
  return Promise.all(
    names.toSorted().map(async (file) => {
      const module = (await import(new URL(file, import.meta.url).href)) as {
        default: Program["main"];
        needsHost?: boolean;
        simulates?: boolean;
      };
      const { default: main, needsHost = false, simulates = false } = module;
      return { name: file.replace(/\.ts$/, ""), main, needsHost, simulates };
    }),
  );
}

/** Runs `main` with `runner`, the clock before each line it prints. */
async function watch(
  main: Program["main"],
  reading: Reading,
  runner: (main: Main<number>, options: Pick<RunOptions, "instruments">) => number | Promise<number>,
): Promise<Tally> {
  const tally: Tally = { time: 0, iterations: 0, tasks: 0 };
  const counter: Instrument = {
    iterationStarted: () => void (tally.iterations += 1),
    taskCreated: () => void (tally.tasks += 1),
  };
  function* timed(): Coroutine<number> {
    const loop = getRunningLoop();
    const start = loop.time();
    console.log = (...values: unknown[]) => print(reading(loop.time() - start).padStart(10), "", ...values);
    yield* main();
    return loop.time() - start;
  }
  try {
    tally.time = await runner(timed, { instruments: [counter] });
  } finally {
    console.log = print;
  }
  return tally;
}

/** Columns as wide as they must be, the first to the left, numbers to the right. */
function table(rows: readonly string[][]): string {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const lines = rows.map((row) =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!))).join("  "),
  );
  const rule = widths.map((width) => "-".repeat(width)).join("  ");
  return [lines[0], rule, ...lines.slice(1)].join("\n");
}
