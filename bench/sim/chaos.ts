// Six hosts that talk to each other while they crash, pause and are parted: how many seeds a second.
// `npx tsx bench/sim/chaos.ts`. Times are the process's own (user CPU).
import { pathToFileURL } from "node:url";
import { type Coroutine, TimeoutError, gather, sleep, timeout, using } from "../../src/index.ts";
import { NetworkError, type StreamReader, type StreamWriter, openConnection, startServer } from "../../src/io/net.ts";
import { type Host, type World, explore, random, simulate } from "../../src/sim/index.ts";

const HOSTS = 6;
const REQUESTS = 10;
const FAULTS = 12;
const PORT = 4000;

/** Each host keeps a number for each name, the largest it was told; each tells the others. In the end all are told, and agree. */
export function* chaos(world: World): Coroutine<number> {
  const names = Array.from({ length: HOSTS }, (_, i) => `node-${i}`);
  const kept = new Map(names.map((name) => [name, new Map<string, number>()]));
  let answered = 0;

  function* serve(name: string, reader: StreamReader, writer: StreamWriter): Coroutine<void> {
    const own = kept.get(name)!;
    try {
      for (let line = yield* reader.readline(); line.length > 0; line = yield* reader.readline()) {
        const [key, value] = decode(line).split(" ");
        own.set(key!, Math.max(own.get(key!) ?? 0, Number(value)));
        writer.write(`${own.get(key!)}\n`);
        yield* writer.drain();
      }
    } catch (error) {
      if (!(error instanceof NetworkError)) throw error;
    }
    writer.close();
  }

  function* tell(to: string, key: string, value: number): Coroutine<void> {
    const [reader, writer] = yield* openConnection(to, PORT);
    try {
      writer.write(`${key} ${value}\n`);
      if ((yield* reader.readline()).length > 0) answered += 1;
    } finally {
      writer.close();
    }
  }

  function* node(name: string): Coroutine<void> {
    const server = yield* startServer((reader, writer) => serve(name, reader, writer), "", PORT);
    for (let i = 1; i <= REQUESTS; i += 1) {
      yield* sleep(5);
      try {
        yield* using(timeout(100), () => tell(world.random.pick(names), name, i));
      } catch (error) {
        if (!(error instanceof NetworkError || error instanceof TimeoutError)) throw error;
      }
    }
    yield* server.serveForever();
  }

  const hosts = names.map((name) => world.host(name, () => node(name)));
  for (let i = 0; i < FAULTS; i += 1) {
    yield* sleep(10);
    misfortune(world, hosts);
  }
  world.heal();
  for (const host of hosts) {
    host.resume();
    if (!host.up) host.restart();
  }
  yield* sleep(2000);
  yield* gather(names.map((name) => tell(name, "end", REQUESTS)));
  for (const [name, own] of kept) if (own.get("end") !== REQUESTS) throw new Error(`${name} was not told`);
  return answered;
}

function misfortune(world: World, hosts: readonly Host[]): void {
  const [one, other] = world.random.shuffle([...hosts]);
  const fates = [
    () => one!.crash(),
    () => one!.restart(),
    () => one!.pause(),
    () => one!.resume(),
    () => world.partition(one!, other!, { oneWay: world.random.chance(0.5) }),
    () => world.heal(one),
    () => one!.skewClock(world.random.integer(-100, 100), 0.01),
  ];
  world.random.pick(fates)();
}

function decode(line: Uint8Array): string {
  return new TextDecoder().decode(line);
}

/** How it is explored. */
export const CHAOS = { network: { loss: 0.02, reordering: 0.02 } } as const;
const options = { ...CHAOS, strategy: random() };

function describeRuns(seeds: number): void {
  const outcomes = Array.from({ length: seeds }, (_, seed) => simulate(chaos, { ...options, seed }));
  const mean = (numbers: readonly number[]): number => Math.round(numbers.reduce((a, b) => a + b, 0) / seeds);
  const steps = mean(outcomes.map((outcome) => outcome.steps));
  const choices = mean(outcomes.map((outcome) => outcome.choices));
  const answered = mean(outcomes.map(({ value }) => value ?? 0));
  console.log(`a run has ${steps} steps and ${choices} choices; ${answered} requests are answered`);
}

function measure(seeds: number): void {
  const start = process.cpuUsage();
  const { failures } = explore(chaos, { ...options, schedules: seeds });
  const seconds = process.cpuUsage(start).user / 1e6;
  for (const { found } of failures) throw new Error(`seed ${found.seed} failed`, { cause: found.error });
  console.log(`six hosts under chaos | ${Math.round(seeds / seconds)} seeds/s`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  // tsx maps every stack to its source, which takes longer than the run that it is of.
  process.setSourceMapsEnabled(false);
  describeRuns(100);
  for (let round = 0; round < 5; round += 1) measure(1000);
}
