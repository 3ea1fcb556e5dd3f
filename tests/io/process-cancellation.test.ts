import { describe, expect, it } from "vitest";
import { type Coroutine, createTask, currentTask, gather, isCancelled, using } from "../../src/index.ts";
import {
  PIPE,
  STDOUT,
  createSubprocessExec,
  createSubprocessShell,
  signals,
  waitSignal,
} from "../../src/io/process.ts";
import { type Canceller, cancelEverywhere, moments } from "./canceller.ts";
import { noShell, runAndReap } from "./children.ts";

// A program that uses every operation is run again and again; each run cancels its task at one of its suspension points.
// Afterwards no process and no pipe is left, not even one to be reaped, and nothing was reported.

// More than the system holds for a pipe.
const MUCH = 2 ** 21;

function* operations(): Coroutine<void> {
  const pipes = { stdin: PIPE, stdout: PIPE, grace: 50 } as const;
  const taking = ["-c", `head -c ${MUCH} >/dev/null; echo tick; cat`];
  yield* using(yield* createSubprocessExec("sh", taking, pipes), function* ({ stdin, stdout }) {
    stdin!.write(new Uint8Array(MUCH));
    yield* stdin!.drain();
    yield* stdout!.readline();
    // It answers when it has been asked: this read always waits.
    stdin!.write("tock\n");
    yield* stdout!.readline();
  });
  yield* using(yield* createSubprocessExec("cat", [], { ...pipes, stderr: STDOUT }), (cat) =>
    cat.communicate(new Uint8Array(MUCH)),
  );
  yield* using(yield* createSubprocessShell("read line; exit 3", pipes), function* (shell) {
    shell.stdin!.write("go\n");
    yield* shell.wait();
    shell.stdin!.close();
    yield* shell.stdin!.waitClosed();
  });
  // It does not end when it is asked to.
  yield* using(yield* createSubprocessShell("trap '' TERM; echo ready; read line", pipes), function* (stubborn) {
    yield* stubborn.stdout!.readline();
    yield* stubborn.stop(5);
  });
}

function* receiving(): Coroutine<void> {
  process.kill(process.pid, "SIGUSR2");
  yield* waitSignal("SIGUSR2");
  yield* using(signals("SIGUSR2", "SIGWINCH"), function* (received) {
    for (const name of ["SIGWINCH", "SIGUSR2"]) {
      process.kill(process.pid, name);
      expect(yield* received.next()).toBe(name);
    }
  });
}

async function attempt(body: () => Coroutine<void>, canceller: Canceller): Promise<string[]> {
  function* program(): Coroutine<void> {
    currentTask()!.name = "worker";
    yield* body();
  }
  function* main(): Coroutine<void> {
    const [outcome] = yield* gather([createTask(program())], { returnExceptions: true });
    if (outcome instanceof Error && !isCancelled(outcome)) throw outcome;
  }
  return runAndReap(main, { instruments: [canceller.instrument] });
}

const WAITS = [
  ["createSubprocessExec", "createSubprocessShell", "Subprocess.wait", "Subprocess.stop"],
  ["StreamReader.readuntil", "StreamWriter.drain"],
].flat();

describe.skipIf(noShell !== "")(`a task that works with processes${noShell}`, () => {
  it.each(moments)("may be cancelled at every suspension point, %s", { timeout: 60_000 }, async (moment) => {
    // Whether a pipe is full when it is drained is for the system to say: the walk is taken again until it was.
    const seen = new Set<string>();
    for (let walk = 0; walk < 10 && !WAITS.every((name) => seen.has(`worker on ${name}`)); walk += 1) {
      const found = await cancelEverywhere(["worker"], moment, (canceller) => attempt(operations, canceller));
      expect(found.wrong).toEqual([]);
      for (const wait of found.waits) seen.add(wait);
    }
    for (const name of WAITS) expect(seen).toContain(`worker on ${name}`);
  });
});

describe.skipIf(noShell !== "")(`a task that waits for signals${noShell}`, () => {
  it.each(moments)("may be cancelled at every suspension point, %s", async (moment) => {
    const listeners = (): number[] => ["SIGUSR2", "SIGWINCH"].map((name) => process.listenerCount(name));
    const before = listeners();
    // What comes after the cancellation finds nobody who listens: it must not end this process.
    const ignore = (): void => {};
    process.on("SIGUSR2", ignore);
    const { wrong, waits } = await cancelEverywhere(["worker"], moment, (canceller) => attempt(receiving, canceller));
    process.removeListener("SIGUSR2", ignore);
    expect(wrong).toEqual([]);
    expect([...waits]).toEqual(["worker on Queue.get"]);
    expect(listeners()).toEqual(before);
  });
});
