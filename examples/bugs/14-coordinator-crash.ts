// Two-phase commit: both participants have voted yes, the coordinator tells one after the other to commit, and may crash
// in between. Recovery has no log: it tells whoever has heard nothing to abort.
// Fixed: the decision is logged before anybody is told, and recovery does as the log says.
import { type Coroutine, createTask } from "escapement";
import { type World, state, until } from "escapement/sim";
import { must, together } from "./together.ts";

interface Protocol {
  votes: number;
  log: string | null;
  crashed: boolean;
  over: boolean;
  readonly decisions: (string | null)[];
}

function* participant(protocol: Protocol, index: number): Coroutine<void> {
  yield;
  protocol.votes += 1;
  yield* until(() => protocol.decisions[index] !== null);
}

function* coordinator(protocol: Protocol, yieldsBeforeCrash: number, logs: boolean): Coroutine<void> {
  let left = yieldsBeforeCrash;
  yield* until(() => protocol.votes === 2);
  if (logs) protocol.log = "commit";
  for (const index of protocol.decisions.keys()) {
    if (left === 0) break;
    left -= 1;
    yield;
    protocol.decisions[index] ??= "commit";
  }
  protocol.crashed = protocol.decisions.includes(null);
  protocol.over = true;
}

function* recovery(protocol: Protocol): Coroutine<void> {
  yield* until(() => protocol.over);
  if (!protocol.crashed) return;
  for (const index of protocol.decisions.keys()) {
    protocol.decisions[index] ??= protocol.log ?? "abort";
    yield;
  }
}

function* scenario({ random }: World, logs: boolean): Coroutine<void> {
  const protocol: Protocol = state(
    { votes: 0, log: null, crashed: false, over: false, decisions: [null, null] },
    "protocol",
  );
  const participants = [0, 1].map((index) =>
    createTask(participant(protocol, index), { name: `participant ${index}` }),
  );
  const coordinating = createTask(coordinator(protocol, random.integer(0, 3), logs), { name: "coordinator" });
  yield* together(...participants, coordinating, createTask(recovery(protocol), { name: "recovery" }));
  const [first, second] = protocol.decisions;
  must(first === second, `one decided to ${first}, the other to ${second}`);
}

export default function* coordinatorCrash(world: World): Coroutine<void> {
  yield* scenario(world, false);
}

export function* fixed(world: World): Coroutine<void> {
  yield* scenario(world, true);
}
