// What a schedule, and a step, cost: compiled by plain tsc, so that nothing measured has been rewritten, and each run in a process
// of its own, which prints what it measured. Times are the process's own (user CPU): what else the machine does is not in them.
import { type Coroutine, Queue, createTask, gather, runSync, sleep } from "../../src/index.ts";
import {
  type ExploreOptions,
  type Program,
  type Strategy,
  exhaustive,
  explore,
  fifo,
  pct,
  pos,
  random,
  state,
  uniform,
} from "../../src/sim/index.ts";
import { CHAOS, chaos } from "./chaos.ts";
import type { Rate } from "./sim-record.ts";

const RING = 100;
const ONE_RUN = { schedules: 1, maxSteps: 1e9 };

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

/** A hundred tasks that all could go on, all the time: at each step it is asked who does. */
function* crowd(): Coroutine<void> {
  function* worker(): Coroutine<void> {
    for (let i = 0; i < 100; i += 1) yield;
  }
  yield* gather(Array.from({ length: RING }, () => worker()));
}
const CROWD_STEPS = RING * 101 + 2;

/** A hundred tasks that pass a token on through queues: one at a time can go on, so nobody is asked. */
function tokenRing(rounds: number): Program<void> {
  return function* () {
    const queues = Array.from({ length: RING }, () => new Queue<number>());
    function* member(index: number): Coroutine<void> {
      for (let i = 0; i < rounds; i += 1) {
        const token = yield* queues[index]!.get();
        queues[(index + 1) % RING]!.putNowait(token + 1);
      }
    }
    const members = queues.map((_, index) => createTask(member(index)));
    queues[0]!.putNowait(0);
    yield* gather(members);
  };
}

/** A hundred tasks, each with a beat of its own from one to two seconds, for so many seconds. */
function tickers(seconds: number): Program<void> {
  return function* () {
    function* ticker(index: number): Coroutine<void> {
      for (let time = 0; time < seconds * 1000; time += 1000 + index * 10) yield* sleep(1000 + index * 10);
    }
    yield* gather(Array.from({ length: RING }, (_, index) => ticker(index)));
  };
}

/** Seconds of CPU that `work` takes. */
function secondsOf(work: () => void): number {
  const start = process.cpuUsage();
  work();
  return process.cpuUsage(start).user / 1e6;
}

function schedules(program: Program<unknown>, strategy: Strategy, most: number, twice = false): number {
  return unfailing(program, { strategy, schedules: most, twice });
}

function unfailing(program: Program<unknown>, options: ExploreOptions): number {
  const { failures, schedules: run } = explore(program, { ...options, shrink: false });
  if (failures.length > 0) throw failures[0]!.found.error;
  return run;
}

type Measure = Omit<Rate, "samples"> & { readonly once: () => number };

/** Schedules a second. */
function schedulesOf(what: string, target: number, tracked: boolean, strategy: () => Strategy, most: number): Measure {
  const program = threeByThree(tracked);
  const once = (): number => {
    let run = 0;
    const seconds = secondsOf(() => (run = schedules(program, strategy(), most)));
    return run / seconds;
  };
  return { what, unit: "schedules/s", target, once };
}

function measures(scale: number): Measure[] {
  const many = Math.ceil(40_000 * scale);
  const rounds = Math.ceil(1000 * scale);
  const hours = Math.ceil(20 * scale);
  const repeat = (times: number, work: () => void): void => {
    for (let i = 0; i < times; i += 1) work();
  };
  const crowds = Math.ceil(100 * scale);
  return [
    schedulesOf("3 tasks x 3 yields, random", 150_000, false, random, many),
    schedulesOf("3 tasks x 3 yields, pct", 100_000, false, pct, many),
    schedulesOf("3 tasks x 3 yields, uniform", 100_000, false, uniform, many),
    schedulesOf("3 tasks x 3 yields, tracked state, pos", 40_000, true, pos, Math.ceil(many / 4)),
    {
      what: "all 34,650 interleavings, exhaustive",
      unit: "s",
      target: 1,
      once: () => secondsOf(() => schedules(threeByThree(false), exhaustive(), 100_000)),
    },
    {
      what: "a token on a ring of 100 tasks, random",
      unit: "steps/s",
      target: 3_000_000,
      once() {
        const steps = RING * (rounds + 1) + 2;
        return steps / secondsOf(() => void unfailing(tokenRing(rounds), { ...ONE_RUN, strategy: random() }));
      },
    },
    {
      what: "100 tasks that are always ready, random, each choice in the digest",
      unit: "steps/s",
      target: 1_000_000,
      once: () => (crowds * CROWD_STEPS) / secondsOf(() => schedules(crowd, random(), crowds)),
    },
    {
      what: "the same, first in, first out, in the digest as well",
      unit: "steps/s",
      target: null,
      once: () =>
        (crowds * CROWD_STEPS) / secondsOf(() => repeat(crowds, () => unfailing(crowd, { strategy: fifo() }))),
    },
    {
      what: "the same without simulating: runSync",
      unit: "steps/s",
      target: null,
      once: () => (crowds * CROWD_STEPS) / secondsOf(() => repeat(crowds, () => runSync(crowd))),
    },
    {
      what: "100 tickers of one to two seconds, simulated time to real",
      unit: "times",
      target: 100_000,
      once: () =>
        (hours * 3600) / secondsOf(() => void unfailing(tickers(hours * 3600), { ...ONE_RUN, strategy: random() })),
    },
    {
      what: "six hosts that crash, pause and are parted",
      unit: "seeds/s",
      target: 500,
      once() {
        const seeds = Math.ceil(500 * scale);
        return seeds / secondsOf(() => void unfailing(chaos, { ...CHAOS, strategy: random(), schedules: seeds }));
      },
    },
    {
      what: "everything twice, to once",
      unit: "times at most",
      target: 2.1,
      once() {
        const program = threeByThree(false);
        const once = secondsOf(() => schedules(program, random(), many));
        return secondsOf(() => schedules(program, random(), many, true)) / once;
      },
    },
  ];
}

const [index, runs, scale] = process.argv.slice(2).map(Number) as [number, number, number];
const measure = measures(scale)[index];
if (measure === undefined) process.stdout.write("null");
else {
  const { once, ...rest } = measure;
  // The first round warms up.
  once();
  const rate: Rate = { ...rest, samples: Array.from({ length: runs }, once) };
  process.stdout.write(JSON.stringify(rate));
}
