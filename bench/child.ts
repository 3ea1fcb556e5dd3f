// A process that does nothing but run the workloads of one peer, when asked to: a line of JSON each way. A peer in
// another language speaks the same lines.
//
// No measuring library is used here. They (tinybench, mitata) repeat a function in the process that they are in, and
// take the time of the wall; here each peer needs a process of its own, fresh for each round, whose main thread's time
// is what counts. What is left for a library to do is a median.
import { createInterface } from "node:readline";
import { processTime, threadTime } from "./cpu-time.ts";
import type { LoadOptions, Peer, PeerModule, Tools } from "./peer.ts";
import type { Answer, Hello, Request } from "./protocol.ts";

class Notes implements Tools {
  readonly depth: number;
  readonly tasks: number;
  readonly heap: number[] = [];
  readonly resident: number[] = [];
  readonly lateness: number[] = [];

  constructor({ depth, tasks }: Request) {
    this.depth = depth;
    this.tasks = tasks;
  }

  readonly noteHeap = (): void => {
    globalThis.gc?.();
    const { heapUsed, rss } = process.memoryUsage();
    this.heap.push(heapUsed);
    this.resident.push(rss);
  };

  readonly noteLateness = (milliseconds: number): void => {
    this.lateness.push(milliseconds);
  };
}

async function measure(peer: Peer, request: Request): Promise<Answer> {
  const run = peer.workloads[request.implementation];
  if (run === undefined) return { error: `no workload "${request.implementation}"` };
  const notes = new Notes(request);
  globalThis.gc?.();
  const wall = performance.now();
  const [thread, all] = [threadTime(), processTime()];
  const checksum = await run(request.size, notes);
  return {
    checksum,
    thread: threadTime() - thread,
    process: processTime() - all,
    wall: (performance.now() - wall) * 1e6,
    ...findings(notes),
  };
}

function findings({ heap, resident, lateness }: Notes): Partial<Answer> {
  const sorted = Float64Array.from(lateness).toSorted();
  return {
    ...(heap.length > 0 ? { heap, resident } : {}),
    ...(sorted.length > 0
      ? { lateness: { p50: sorted[sorted.length >> 1]!, p99: sorted[Math.floor(sorted.length * 0.99)]! } }
      : {}),
  };
}

async function hello(file: string, options: LoadOptions): Promise<{ hello: Hello; peer?: Peer }> {
  try {
    const peer = await ((await import(file)) as PeerModule).load(options);
    const { version, workloads, cannot = {} } = peer;
    return { peer, hello: { version, implementations: Object.keys(workloads), cannot } };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ERR_MODULE_NOT_FOUND") {
      return { hello: { missing: /'([^']+)'/.exec((error as Error).message)?.[1] ?? file } };
    }
    return { hello: { error: String(error) } };
  }
}

function say(message: Hello | Answer): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

const [file = "", options = "{}"] = process.argv.slice(2);
const loaded = await hello(file, JSON.parse(options) as LoadOptions);
say(loaded.hello);
if (loaded.peer !== undefined) {
  for await (const line of createInterface({ input: process.stdin })) {
    say(await measure(loaded.peer, JSON.parse(line) as Request).catch((error: unknown) => ({ error: String(error) })));
  }
}
