import { type Coroutine, getRunningLoop, using } from "../../src/index.ts";
import {
  OSError,
  PIPE,
  STDOUT,
  createSubprocessExec,
  createSubprocessShell,
  signals,
  waitSignal,
} from "../../src/io/process.ts";
import { counted, printCounts } from "./promise-counter.ts";

const pipes = { stdin: PIPE, stdout: PIPE, stderr: PIPE } as const;

function* processes(): Coroutine<void> {
  const cat = yield* counted("createSubprocessExec", createSubprocessExec("cat", [], pipes));
  yield* counted("communicate", cat.communicate(new Uint8Array(2 ** 20)));
  const joined = { ...pipes, stderr: STDOUT } as const;
  const shell = yield* counted("createSubprocessShell", createSubprocessShell("read line; echo $line", joined));
  shell.stdin!.write("tick\n");
  yield* counted("drain", shell.stdin!.drain());
  yield* counted("readline", shell.stdout!.readline());
  yield* counted("wait", shell.wait());
  const sleeping = yield* counted("createSubprocessExec, joined", createSubprocessExec("sleep", ["100"], joined));
  yield* counted("stop", sleeping.stop());
  yield* counted(
    "using(process)",
    using(yield* createSubprocessExec("cat", [], pipes), function* () {}),
  );
  try {
    yield* counted("createSubprocessExec of what is not there", createSubprocessExec("no-such-program"));
  } catch (error) {
    if (!(error instanceof OSError)) throw error;
  }
}

function* receiving(): Coroutine<void> {
  getRunningLoop().callLater(5, () => process.kill(process.pid, "SIGUSR2"));
  yield* counted("waitSignal", waitSignal("SIGUSR2"));
  yield* using(signals("SIGUSR2"), function* (received) {
    process.kill(process.pid, "SIGUSR2");
    yield* counted("signals", received.next());
  });
}

await printCounts(function* () {
  yield* processes();
  yield* receiving();
});
