import { setTimeout as sleep } from "node:timers/promises";
import { join } from "node:path";
import { Stream } from "../../src/sim/prng.ts";
import type { Build } from "../build.ts";
import type { ClientsDemand, ClientsReport } from "./churn-clients.ts";
import type { Census } from "./churn-server.ts";
import { Companion } from "./companion.ts";

/** A server under load while its clients die. */
export interface Churn {
  readonly seed: number;
  readonly seconds: number;
  /** Answers that living clients have had. */
  readonly answered: number;
  /** Clients that died, within a process that lives on. */
  readonly died: number;
  /** Processes full of clients that were killed. */
  readonly processes: number;
  /** What was lost, what was left, and what went wrong: nothing, when all is well. */
  readonly faults: readonly string[];
  readonly before: Census;
  readonly after: Census;
  /** Bytes in use while it went on, after a collection each time, at even distances. */
  readonly heap: readonly number[];
}

/** How the churn is done. */
export interface ChurnPlan {
  readonly build: Build;
  /** Milliseconds. */
  readonly duration: number;
  readonly seed: number;
  readonly signal: AbortSignal;
  readonly say: (text: string) => void;
}

type Server = Companion<"census", Census>;
type Clients = Companion<ClientsDemand, ClientsReport>;

// Milliseconds: all code has been used once by then; a killed process has lived; the server has noticed all deaths.
const WARM_UP = 1000;
const LIFE = 1500;
const NOTICING = 60_000;
const LOOKS = 20;
// Bytes: code that was compiled later, and the like.
const HEAP_SLACK = 8 * 2 ** 20;

/** Starts the server in one process, clients in a second, and more clients in a third, which is killed again and again. */
export async function churn(plan: ChurnPlan): Promise<Churn> {
  const { build, seed } = plan;
  const server: Server = new Companion(join(build.bench, "io", "churn-server.js"), [build.dist]);
  try {
    const { ports } = await server.ask("census");
    const makeClients = (which: number): Clients =>
      new Companion(join(build.bench, "io", "churn-clients.js"), [JSON.stringify(ports), String(seed + which)]);
    await goOn({ ...plan, duration: WARM_UP }, server, makeClients);
    const before = await settled(server);
    const result = await goOn(plan, server, makeClients);
    const after = await settled(server);
    const faults = [...result.lost, ...after.errors, ...leaks(before, after)];
    const { answered, died, processes, heap } = result;
    return { seed, seconds: plan.duration / 1000, answered, died, processes, faults, before, after, heap };
  } finally {
    await server.kill();
  }
}

interface Outcome extends ClientsReport {
  readonly processes: number;
  readonly heap: readonly number[];
}

async function goOn(
  { duration, seed, signal, say }: ChurnPlan,
  server: Server,
  makeClients: (which: number) => Clients,
): Promise<Outcome> {
  const end = new AbortController();
  const over = end.signal;
  const stop = (): void => end.abort();
  const timer = setTimeout(stop, duration);
  signal.addEventListener("abort", stop);
  const clients = makeClients(0);
  try {
    const killing = killAgainAndAgain(makeClients, seed, over);
    const heap: number[] = [];
    while (!over.aborted) {
      await sleep(duration / LOOKS, undefined, { signal: over }).catch(() => {});
      const census = await server.ask("census");
      heap.push(census.heap);
      const { answered, died } = await clients.ask("count");
      say(`churn  ${answered} answers, ${died} deaths, ${census.tasks} tasks, ${census.files} files`);
    }
    const processes = await killing;
    return { ...(await clients.ask("stop")), processes, heap };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", stop);
    await clients.kill();
  }
}

async function killAgainAndAgain(
  makeClients: (which: number) => Clients,
  seed: number,
  over: AbortSignal,
): Promise<number> {
  const chance = new Stream("lives");
  chance.seed(seed);
  let killed = 0;
  while (!over.aborted) {
    const doomed = makeClients(killed + 1);
    await sleep(chance.below(LIFE), undefined, { signal: over }).catch(() => {});
    await doomed.kill();
    killed += 1;
  }
  return killed;
}

/** What there is once the server has noticed that everybody is gone. */
async function settled(server: Server): Promise<Census> {
  const deadline = performance.now() + NOTICING;
  for (;;) {
    const census = await server.ask("census");
    const isQuiet = census.handlers === 0 && !("TCPSocketWrap" in census.resources);
    if (isQuiet || performance.now() > deadline) return census;
    await sleep(100);
  }
}

function leaks(before: Census, after: Census): string[] {
  const differences = (["tasks", "handlers", "files"] as const)
    .filter((what) => after[what] !== before[what])
    .map((what) => `${before[what]} ${what} before, ${after[what]} after`);
  // Timers come and go with the loop's own deadlines; all else stays as it was.
  for (const kind of Object.keys(after.resources).filter((name) => name !== "Timeout" && name !== "Immediate")) {
    const [first = 0, last = 0] = [before.resources[kind], after.resources[kind]];
    if (last > first) differences.push(`${first} of ${kind} before, ${last} after`);
  }
  if (after.heap > before.heap + HEAP_SLACK) differences.push(`${before.heap} bytes before, ${after.heap} after`);
  return differences;
}
