// Runs that are to be the same again, in this process, in others, and on other versions of Node.
import { readdirSync } from "node:fs";
import { type Coroutine, Queue, gather, sleep } from "escapement";
import { type StreamReader, type StreamWriter, openConnection, startServer } from "escapement/net";
import { type Program, type World, buggify, replay, simulate } from "escapement/sim";

/** Reads the host's clock, and draws from everything that it can draw from. */
function* drawing(world: World): Coroutine<unknown> {
  const queue = new Queue<number>();
  function* producer(): Coroutine<void> {
    yield* sleep(world.random.exponential(10));
    if (buggify()) yield* sleep(Math.random() * 10);
    yield* queue.put(world.random.integer(1, 1000) + Date.now());
  }
  yield* gather([producer(), producer(), producer()]);
  return [yield* queue.get(), yield* queue.get(), yield* queue.get(), crypto.randomUUID(), performance.now()];
}

/** Two machines and a network between them. */
function* talking(world: World): Coroutine<unknown> {
  world.host("server", function* () {
    const answer = function* (reader: StreamReader, writer: StreamWriter): Coroutine<void> {
      for (let line = yield* reader.readline(); line.length > 0; line = yield* reader.readline()) {
        yield* sleep(world.random.integer(0, 3));
        writer.write(line);
      }
      writer.close();
    };
    yield* (yield* startServer(answer, "server", 80)).serveForever();
  });
  function* client(name: string): Coroutine<string> {
    const [reader, writer] = yield* openConnection("server", 80);
    writer.write(`${name} ${crypto.randomUUID()}\n`);
    const answer = String(yield* reader.readline());
    writer.close();
    return answer;
  }
  yield* sleep(50);
  return yield* gather([client("a"), client("b")]);
}

/** By name: these two, and the bugs of examples/bugs. */
async function replayedPrograms(): Promise<Map<string, Program<unknown>>> {
  const programs = new Map<string, Program<unknown>>([
    ["drawing", drawing],
    ["talking", talking],
  ]);
  const folder = new URL("../../examples/bugs/", import.meta.url);
  for (const file of readdirSync(folder).filter((name) => /^\d\d-/.test(name))) {
    const { default: program } = (await import(new URL(file, folder).href)) as { default: Program<unknown> };
    programs.set(file.replace(".ts", ""), program);
  }
  return programs;
}

/**
 * Each program's runs under so many seeds, each replayed so many times: their digests, and what they came to.
 *
 * @throws {Error} When a replay is not the same run.
 */
export async function replayAll(seeds: number, times: number): Promise<Record<string, string[]>> {
  const found: Record<string, string[]> = {};
  for (const [name, program] of await replayedPrograms()) {
    found[name] = Array.from({ length: seeds }, (_, seed) => replaySeed(program, seed, times));
  }
  return found;
}

function replaySeed(program: Program<unknown>, seed: number, times: number): string {
  const run = simulate(program, { seed });
  for (let time = 0; time < times; time += 1) {
    const { digest } = replay(program, run.repro);
    if (digest !== run.digest)
      throw new Error(`seed ${seed}: a replay of ${run.repro} is ${digest}, not ${run.digest}`);
  }
  // A deadlock's message names lines, and whoever compiles the programs may move them.
  const result = run.status === "raised" ? String(run.error) : JSON.stringify(run.value);
  return `${run.digest} ${run.status} ${run.time} ${result}`;
}
