// The clients of the churn: some live, and demand that every question is answered; others die, in the middle of a word, of
// an answer, or between two.
import { Stream } from "../../src/sim/prng.ts";
import type { Census } from "./churn-server.ts";
import { answerDemands } from "./companion.ts";
import type { Protocol } from "./demand.ts";
import { Wire } from "./wire.ts";

/** What is asked of them. `stop` waits until the living have what they asked for. */
export type ClientsDemand = "count" | "stop";

/** What became of them. */
export interface ClientsReport {
  /** Answers that the living have had. */
  readonly answered: number;
  /** How many have died. */
  readonly died: number;
  /** Answers that the living waited for in vain, and wrong ones. */
  readonly lost: readonly string[];
}

const PROTOCOLS: readonly Protocol[] = ["get", "post", "websocket", "stream"];
const LIVING = 24;
const DYING = 16;
// Milliseconds: how long one of the dying lives at most, and how long an answer may take.
const LIFE = 200;
const PATIENCE = 60_000;
const IDS = 1000;

const [ports = "{}", seed = "1"] = process.argv.slice(2);
const portOf = JSON.parse(ports) as Census["ports"];
const chance = new Stream("churn");
chance.seed(Number(seed));

let [answered, died, stopping] = [0, 0, false];
const lost: string[] = [];
const waiting = new Set<Wire>();
let onQuiet = (): void => {};

function wireFor(protocol: Protocol): Wire {
  return new Wire(protocol, portOf[protocol === "websocket" || protocol === "stream" ? protocol : "http"]);
}

function live(protocol: Protocol): void {
  const wire = wireFor(protocol);
  let id = 0;
  const lose = (why: string): void => {
    lost.push(`${protocol} ${id}: ${why}`);
    finish();
  };
  const finish = (): void => {
    waiting.delete(wire);
    wire.leave();
    if (waiting.size === 0) onQuiet();
  };
  const ask = (): void => {
    if (stopping) {
      finish();
      return;
    }
    id = chance.below(IDS);
    const timer = setTimeout(() => lose(`no answer in ${PATIENCE} ms`), PATIENCE);
    wire.ask(id, (answer) => {
      clearTimeout(timer);
      answered += 1;
      if (answer === id) ask();
      else lose(`the answer was ${answer}`);
    });
  };
  waiting.add(wire);
  wire.open(ask, (error) => lose(error.message));
}

function die(protocol: Protocol): void {
  if (stopping) return;
  const wire = wireFor(protocol);
  const ask = (): void => {
    const id = chance.below(IDS);
    if (chance.below(4) === 0) wire.mumble(id);
    else wire.ask(id, ask);
  };
  wire.open(ask, () => {});
  setTimeout(() => {
    died += 1;
    // A polite end keeps its port for a minute: few of them.
    wire.leave(chance.below(4) > 0);
    die(protocol);
  }, chance.below(LIFE));
}

for (let i = 0; i < LIVING; i += 1) live(PROTOCOLS[i % PROTOCOLS.length]!);
for (let i = 0; i < DYING; i += 1) die(PROTOCOLS[i % PROTOCOLS.length]!);

await answerDemands(async (demand: ClientsDemand): Promise<ClientsReport> => {
  if (demand === "stop") {
    stopping = true;
    if (waiting.size > 0) await new Promise<void>((resolve) => (onQuiet = resolve));
  }
  return { answered, died, lost };
});
