// Two candidates ask a voter, who votes once. Its vote is in memory: after a crash it votes again.
// Fixed: the vote is on disk.
import { type Coroutine, createTask } from "escapement";
import { state, until } from "escapement/sim";
import { must, together } from "./together.ts";

interface Election {
  readonly requests: string[];
  readonly answers: Record<string, boolean>;
  voted: string | null;
  onDisk: string | null;
}

function* voter(election: Election): Coroutine<void> {
  for (let answered = 0; answered < 2; answered += 1) {
    yield* until(() => election.requests.length > 0);
    const candidate = election.requests.shift()!;
    yield;
    if (election.voted === null) {
      election.voted = candidate;
      election.onDisk = candidate;
    }
    election.answers[candidate] = election.voted === candidate;
  }
}

function* stand(election: Election, name: string): Coroutine<boolean> {
  yield;
  election.requests.push(name);
  yield* until(() => election.answers[name] !== undefined);
  return election.answers[name]!;
}

function* crash(election: Election, forgets: boolean): Coroutine<void> {
  yield;
  yield;
  election.voted = forgets ? null : election.onDisk;
}

function* scenario(forgets: boolean): Coroutine<void> {
  const election: Election = state({ requests: [], answers: {}, voted: null, onDisk: null }, "election");
  const candidates = ["one", "two"].map((name) => createTask(stand(election, name), { name }));
  const voting = createTask(voter(election), { name: "voter" });
  yield* together(...candidates, voting, createTask(crash(election, forgets), { name: "crash" }));
  must(candidates.filter((task) => task.result()).length <= 1, "both candidates won");
}

export default function* splitBrain(): Coroutine<void> {
  yield* scenario(true);
}

export function* fixed(): Coroutine<void> {
  yield* scenario(false);
}
