// What one operation allocates, and where. The new space is made so large that nothing is collected meanwhile: what the
// heap has grown by is what was allocated. Then the same again under V8's sampling profiler, which says in which
// functions.
import { Session } from "node:inspector/promises";
import { getHeapStatistics } from "node:v8";
import type * as escapement from "../src/index.ts";
import type { Coroutine } from "../src/index.ts";
import type { Allocation } from "./record.ts";

type Library = typeof escapement;
type Operation = (times: number) => Coroutine<unknown>;

const dist = process.argv[2]!;
const TIMES = Number(process.argv[3]);
const WARM_UP = 10 * TIMES;

const library = (await import(`${dist}/index.js`)) as Library;

interface Profile {
  readonly callFrame: { readonly functionName: string; readonly url: string };
  readonly selfSize: number;
  readonly children: readonly Profile[];
}

/** Each repeats one thing, in the way that users write it. */
function operations(of: Library): readonly (readonly [name: string, operation: Operation])[] {
  const { Future, Lock, Queue, coroutine, createTask, getRunningLoop, sleep, using, waitFor } = of;
  const one = coroutine(function* one(): Coroutine<number> {
    return 1;
  });
  const wake = (future: InstanceType<typeof Future<number>>): void => future.setResult(1);
  const repeat = (body: () => Coroutine<unknown>): Operation =>
    function* (times) {
      for (let i = 0; i < times; i += 1) yield* body();
    };

  return [
    [
      "a pass of the loop: `yield`",
      function* (times: number): Coroutine<void> {
        for (let i = 0; i < times; i += 1) yield;
      },
    ],
    [
      "a call of a marked coroutine that does not wait",
      function* (times: number): Coroutine<void> {
        for (let i = 0; i < times; i += 1) yield* one();
      },
    ],
    [
      "a sleep: `sleep(1)`",
      function* (times: number): Coroutine<void> {
        for (let i = 0; i < times; i += 1) yield* sleep(1);
      },
    ],
    [
      "a task, spawned and joined",
      function* (times: number): Coroutine<void> {
        for (let i = 0; i < times; i += 1) yield* createTask(one());
      },
    ],
    [
      "a future, waited for; `callSoon` sets its result",
      function* (times: number): Coroutine<void> {
        const loop = getRunningLoop();
        for (let i = 0; i < times; i += 1) {
          const future = new Future<number>();
          loop.callSoon(wake, future);
          yield* future;
        }
      },
    ],
    [
      "a queue's item, put and got without waiting",
      function* (times: number): Coroutine<void> {
        const queue = new Queue<number>();
        for (let i = 0; i < times; i += 1) {
          yield* queue.put(1);
          yield* queue.get();
        }
      },
    ],
    [
      "a queue's item, each got after waiting for it",
      function* (times: number): Coroutine<void> {
        const queue = new Queue<number>();
        const consumer = createTask(
          (function* (): Coroutine<void> {
            for (let i = 0; i < times; i += 1) yield* queue.get();
          })(),
        );
        yield;
        for (let i = 0; i < times; i += 1) {
          queue.putNowait(1);
          yield;
        }
        yield* consumer;
      },
    ],
    [
      "a lock, taken and given back without waiting",
      (times: number): Coroutine<unknown> => {
        const lock = new Lock();
        return repeat(() => using(lock, one))(times);
      },
    ],
    [
      "a timeout round what is ready: `waitFor(x, 1000)`",
      function* (times: number): Coroutine<void> {
        for (let i = 0; i < times; i += 1) yield* waitFor(one(), 1000);
      },
    ],
  ];
}

function used(): number {
  return getHeapStatistics().used_heap_size;
}

/** Bytes for one, by the difference of two runs: what a run needs besides cancels out. */
function bytesOf(operation: Operation): number {
  const grown = (times: number): number => {
    globalThis.gc!();
    const before = used();
    library.runSync(() => operation(times));
    return used() - before;
  };
  return Math.max(0, (grown(2 * TIMES) - grown(TIMES)) / TIMES);
}

async function sitesOf(session: Session, operation: Operation): Promise<Allocation["sites"]> {
  globalThis.gc!();
  await session.post("HeapProfiler.startSampling", {
    samplingInterval: 64,
    includeObjectsCollectedByMajorGC: true,
    includeObjectsCollectedByMinorGC: true,
  } as object);
  library.runSync(() => operation(TIMES));
  const { profile } = await session.post("HeapProfiler.stopSampling");
  const sites = new Map<string, number>();
  collect(profile.head, sites);
  return Array.from(sites, ([where, bytes]) => ({ where, bytes: bytes / TIMES }))
    .filter(({ bytes }) => bytes >= 4)
    .toSorted((a, b) => b.bytes - a.bytes);
}

function collect({ callFrame, selfSize, children }: Profile, sites: Map<string, number>): void {
  if (selfSize > 0) {
    const where = placeOf(callFrame);
    sites.set(where, (sites.get(where) ?? 0) + selfSize);
  }
  for (const child of children) collect(child, sites);
}

function placeOf({ functionName, url }: Profile["callFrame"]): string {
  const name = functionName === "" ? "(anonymous)" : functionName;
  if (url.startsWith(`${dist}/`)) return `${name} (${url.slice(dist.length + 1).replace(/\.js$/, ".ts")})`;
  return url === import.meta.url ? "the coroutine itself" : `${name} (V8)`;
}

const session = new Session();
session.connect();
const found: Allocation[] = [];
for (const [name, operation] of operations(library)) {
  library.runSync(() => operation(WARM_UP));
  library.runSync(() => operation(WARM_UP));
  found.push({ operation: name, bytes: bytesOf(operation), sites: await sitesOf(session, operation) });
}
process.stdout.write(JSON.stringify(found));
