// How fast schedules are run, and how soon the fifteen bugs of examples/bugs are found: `npx tsx bench/sim/main.ts`.
// `npx tsx bench/sim/main.ts 100` looks for each bug under 100 seeds. Times are the process's own (user CPU).
import { readdirSync } from "node:fs";
import { type Coroutine, gather } from "escapement";
import {
  type Program,
  type Strategy,
  bounded,
  dpor,
  exhaustive,
  explore,
  pct,
  portfolio,
  pos,
  random,
  state,
  uniform,
} from "escapement/sim";

const SCHEDULES = 1000;
const strategies: Record<string, () => Strategy> = { portfolio, random, uniform, pct, pos, bounded, exhaustive, dpor };
const seeds = Number(process.argv[2] ?? 10);
const print = (...cells: (string | number)[]): void => console.log(cells.join(" | "));

/** Three tasks that yield three times each: 34,650 interleavings. */
function threeByThree(tracked: boolean): Program<number> {
  return function* () {
    const counter = tracked ? state({ value: 0 }, "counter") : { value: 0 };
    function* worker(): Coroutine<void> {
      for (let i = 0; i < 3; i += 1) {
        const before = counter.value;
        yield;
        counter.value = before + 1;
      }
    }
    yield* gather([worker(), worker(), worker()]);
    return counter.value;
  };
}

/** A hundred tasks that pass the turn on. */
function* ring(): Coroutine<void> {
  function* worker(): Coroutine<void> {
    for (let i = 0; i < 100; i += 1) yield;
  }
  yield* gather(Array.from({ length: 100 }, () => worker()));
}

/** The best of five: runs, and seconds of CPU. */
function rate(program: Program<unknown>, strategy: () => Strategy, schedules: number): [number, number] {
  let best: [number, number] = [0, Infinity];
  for (let round = 0; round < 5; round += 1) {
    const start = process.cpuUsage();
    const done = explore(program, { strategy: strategy(), schedules, stopAfter: Infinity, shrink: false }).schedules;
    const seconds = process.cpuUsage(start).user / 1e6;
    if (done / seconds > best[0] / best[1]) best = [done, seconds];
  }
  return best;
}

function rates(): void {
  const perSecond = ([runs, seconds]: [number, number]): string => Math.round(runs / seconds).toLocaleString("en");
  for (const strategy of [random, uniform, pct]) {
    print(`schedules/s, 3 tasks x 3 yields, ${strategy.name}`, perSecond(rate(threeByThree(false), strategy, 40_000)));
  }
  print("schedules/s, tracked state, pos", perSecond(rate(threeByThree(true), pos, 5000)));
  const [all, seconds] = rate(threeByThree(false), exhaustive, 100_000);
  print(`all ${all} interleavings, exhaustive`, `${seconds.toFixed(2)} s`);
  const [rings, took] = rate(ring, random, 20);
  print(
    "steps/s, ring of 100 tasks, random, with the digest",
    Math.round((rings * 10_101) / took).toLocaleString("en"),
  );
}

/** Found within 100 and within 1000 schedules, of so many seeds. */
function found(program: Program<unknown>, strategy: () => Strategy): string {
  let [soon, late] = [0, 0];
  for (let seed = 0; seed < seeds; seed += 1) {
    const { failures, schedules } = explore(program, {
      strategy: strategy(),
      seed: seed * SCHEDULES,
      schedules: SCHEDULES,
      shrink: false,
    });
    if (failures.length === 0) continue;
    late += 1;
    if (schedules <= 100) soon += 1;
  }
  return `${soon}/${late}`;
}

async function bugs(): Promise<void> {
  print("program", ...Object.keys(strategies), "repro");
  const folder = new URL("../../examples/bugs/", import.meta.url);
  for (const file of readdirSync(folder).filter((name) => /^\d\d-/.test(name))) {
    const { default: program } = (await import(new URL(file, folder).href)) as { default: Program<unknown> };
    const cells = Object.values(strategies).map((strategy) => found(program, strategy));
    print(file.replace(".ts", ""), ...cells, explore(program).failures[0]?.repro ?? "none");
  }
}

rates();
await bugs();
