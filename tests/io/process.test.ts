import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type Coroutine, TimeoutError, createTask, gather, sleep, timeout, using, waitFor } from "../../src/index.ts";
import {
  DEVNULL,
  PIPE,
  STDOUT,
  Subprocess,
  type SubprocessOptions,
  createSubprocessExec,
  createSubprocessShell,
} from "../../src/io/process.ts";
import { isGone, noShell, runAlone, runAndReap } from "./children.ts";
import { thrownBy } from "./thrown-by.ts";
import { text } from "./text.ts";

const MUCH = 4 * 2 ** 20;
// It ends when its stdin does, or by SIGKILL.
const STUBBORN = "trap '' TERM; echo ready; read line";

const sh = (script: string, options?: SubprocessOptions): Coroutine<Subprocess> =>
  createSubprocessExec("sh", ["-c", script], options);

/** What it writes to stdout and stderr, and what it ends with. */
function* outcome(process: Subprocess, input?: string): Coroutine<[string, string, number | null]> {
  const [output, errors] = yield* process.communicate(input);
  return [text(output), text(errors), process.returncode];
}

describe.skipIf(noShell !== "")(`createSubprocessExec${noShell}`, () => {
  it("runs a program with its arguments as they are", () =>
    runAlone(function* () {
      const args = ["-c", 'printf "%s\\n" "$@"', "sh", "two words", "$HOME", "*", ""];
      const process = yield* createSubprocessExec("sh", args, { stdout: PIPE });
      expect(yield* outcome(process)).toEqual(["two words\n$HOME\n*\n\n", "", 0]);
      expect(process).toBeInstanceOf(Subprocess);
    }));

  it("gives streams, whose other ends are the process's", () =>
    runAlone(function* () {
      const cat = yield* createSubprocessExec("cat", [], { stdin: PIPE, stdout: PIPE });
      expect(cat.stderr).toBe(null);
      expect([cat.returncode, String(cat)]).toEqual([null, `<Subprocess pid=${cat.pid} running>`]);
      for (const line of ["tick\n", "tock\n"]) {
        cat.stdin!.write(line);
        yield* cat.stdin!.drain();
        expect(text(yield* cat.stdout!.readline())).toBe(line);
      }
      cat.stdin!.close();
      expect([text(yield* cat.stdout!.read()), cat.stdout!.atEof()]).toEqual(["", true]);
      expect(String(cat.stdout)).toContain("<Transport closing the stdout of cat>");
      expect(yield* cat.wait()).toBe(0);
      expect([cat.returncode, String(cat)]).toEqual([0, `<Subprocess pid=${cat.pid} returncode=0>`]);
    }));

  it("keeps stdout and stderr apart, or joins them", () =>
    runAlone(function* () {
      const script = "echo one; echo two >&2; echo three; exit 3";
      const apart = yield* sh(script, { stdout: PIPE, stderr: PIPE });
      expect(yield* outcome(apart)).toEqual(["one\nthree\n", "two\n", 3]);
      const joined = yield* sh(script, { stdout: PIPE, stderr: STDOUT });
      expect(yield* outcome(joined)).toEqual(["one\ntwo\nthree\n", "", 3]);
      const nowhere = yield* sh(script, { stdout: DEVNULL, stderr: STDOUT });
      expect(yield* outcome(nowhere)).toEqual(["", "", 3]);
    }));

  it("gives it nothing to read from DEVNULL", () =>
    runAlone(function* () {
      const cat = yield* createSubprocessExec("cat", [], { stdin: DEVNULL, stdout: PIPE });
      expect(cat.stdin).toBe(null);
      expect(yield* outcome(cat)).toEqual(["", "", 0]);
    }));

  it("starts it in a directory, with an environment, in a session of its own", async () => {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), "escapement-process-")));
    await runAlone(function* () {
      const options = { stdout: PIPE, cwd: folder, env: { TICK: "tock", PATH: process.env["PATH"] ?? "" } } as const;
      expect(yield* outcome(yield* sh("pwd; echo $TICK$HOME", options))).toEqual([`${folder}\ntock\n`, "", 0]);
      const session = yield* sh('ps -o sid= -p $$ 2>/dev/null || echo "$$"', { stdout: PIPE, startNewSession: true });
      expect((yield* outcome(session))[0].trim()).toBe(String(session.pid));
    });
    rmSync(folder, { recursive: true });
  });

  it("makes a process wait that writes more than is read, and loses nothing", () =>
    runAlone(function* () {
      const process = yield* sh(`head -c ${MUCH} /dev/zero`, { stdout: PIPE, limit: 1000 });
      yield* sleep(20);
      expect(process.returncode).toBe(null);
      expect((yield* process.stdout!.read()).length).toBe(MUCH);
      expect(yield* process.wait()).toBe(0);
    }));
});

describe.skipIf(noShell !== "")(`createSubprocessShell${noShell}`, () => {
  it("has a shell understand the command", () =>
    runAlone(function* () {
      const process = yield* createSubprocessShell("echo one | tr a-z A-Z && echo two >&2; exit 7", {
        stdout: PIPE,
        stderr: PIPE,
      });
      expect(yield* outcome(process)).toEqual(["ONE\n", "two\n", 7]);
      const joined = yield* createSubprocessShell("echo one; echo two >&2", { stdout: PIPE, stderr: STDOUT });
      expect(yield* outcome(joined)).toEqual(["one\ntwo\n", "", 0]);
    }));

  it("tells by the return code that a command is not found", () =>
    runAlone(function* () {
      const process = yield* createSubprocessShell("no-such-command-here", { stderr: DEVNULL });
      expect(yield* process.wait()).toBe(127);
    }));
});

describe.skipIf(noShell !== "")(`communicate${noShell}`, () => {
  it("writes and reads at the same time, however much it is", () =>
    runAlone(function* () {
      const cat = yield* createSubprocessExec("cat", [], { stdin: PIPE, stdout: PIPE });
      const [output] = yield* cat.communicate(new Uint8Array(MUCH).fill(7));
      expect([output.length, output.every((byte) => byte === 7)]).toEqual([MUCH, true]);
    }));

  it("closes stdin when there is no input, or none at all", () =>
    runAlone(function* () {
      for (const input of [undefined, ""]) {
        const cat = yield* createSubprocessExec("cat", [], { stdin: PIPE, stdout: PIPE });
        expect(yield* outcome(cat, input)).toEqual(["", "", 0]);
      }
    }));

  it("does not mind a process that ends without reading", () =>
    runAlone(function* () {
      const process = yield* sh("exit 5", { stdin: PIPE });
      yield* process.communicate(new Uint8Array(MUCH));
      expect(yield* process.wait()).toBe(5);
    }));

  it("can be asked again after it was cancelled: what was read is not lost", () =>
    runAlone(function* () {
      const process = yield* sh("echo one; read line; echo two", { stdin: PIPE, stdout: PIPE });
      yield* sleep(20);
      const asking = createTask(process.stdout!.read());
      yield* sleep(20);
      asking.cancel();
      yield* gather([asking], { returnExceptions: true });
      expect(yield* outcome(process, "\n")).toEqual(["one\ntwo\n", "", 0]);
    }));
});

describe.skipIf(noShell !== "")(`a process${noShell}`, () => {
  it.each([
    ["terminate", (process: Subprocess) => process.terminate(), -15],
    ["kill", (process: Subprocess) => process.kill(), -9],
    ["sendSignal", (process: Subprocess) => process.sendSignal("SIGHUP"), -1],
  ] as const)("is ended by %s: the return code is minus the signal's number", (_name, end, returncode) =>
    runAlone(function* () {
      const process = yield* createSubprocessExec("sleep", ["1000"]);
      end(process);
      expect(yield* process.wait()).toBe(returncode);
      expect(isGone(process.pid)).toBe(true);
    }),
  );

  it("is waited for by several, and one who gives up takes nothing from the others", () =>
    runAlone(function* () {
      const process = yield* createSubprocessExec("cat", [], { stdin: PIPE });
      const waits = [1, 2, 3].map(() => createTask(process.wait()));
      expect(yield* thrownBy(waitFor(process.wait(), 5))).toBeInstanceOf(TimeoutError);
      waits[1]!.cancel();
      process.stdin!.close();
      const ended = yield* gather(waits, { returnExceptions: true });
      expect([ended[0], waits[1]!.cancelled(), ended[2], yield* process.wait()]).toEqual([0, true, 0, 0]);
    }));

  it("that nobody has ended is killed when the loop closes, and reported in debug mode", async () => {
    let pid = 0;
    const reports = await runAndReap(function* () {
      pid = (yield* createSubprocessExec("sleep", ["1000"])).pid;
    });
    expect(reports).toEqual([`Still open when the loop closed: <Subprocess pid=${pid} running>`]);
    expect(isGone(pid)).toBe(true);
  });
});

describe.skipIf(noShell !== "")(`using(process, …)${noShell}`, () => {
  it("closes its pipes and waits for it when the body returns", () =>
    runAlone(function* () {
      const cat = yield* createSubprocessExec("cat", [], { stdin: PIPE, stdout: PIPE });
      yield* using(cat, function* () {
        cat.stdin!.write("tick");
      });
      expect(cat.returncode).not.toBe(null);
      const endless = yield* sh("while :; do echo tick; done", { stdout: PIPE, stderr: DEVNULL });
      yield* using(endless, function* () {
        yield* endless.stdout!.readline();
      });
      expect(isGone(endless.pid)).toBe(true);
    }));

  it("asks it to end when the body fails", () =>
    runAlone(function* () {
      const process = yield* sh("trap 'exit 4' TERM; echo ready; while :; do sleep 0.01; done", { stdout: PIPE });
      const error = yield* thrownBy(
        using(process, function* () {
          yield* process.stdout!.readline();
          throw new Error("body");
        }),
      );
      expect([error.message, process.returncode]).toEqual(["body", 4]);
    }));

  it("closes its pipes, even when a process of its own still holds them", () =>
    runAlone(function* () {
      const parent = yield* sh("sleep 1000 & echo $!; wait", { stdout: PIPE });
      let child = 0;
      yield* thrownBy(
        using(parent, function* () {
          child = Number(text(yield* parent.stdout!.readline()));
          throw new Error("body");
        }),
      );
      expect([parent.returncode, yield* parent.wait(), isGone(child)]).toEqual([-15, -15, false]);
      process.kill(child);
    }));

  it("kills it when it has not ended after its grace", () =>
    runAlone(function* () {
      const process = yield* sh(STUBBORN, { stdin: PIPE, stdout: PIPE, grace: 10 });
      const error = yield* thrownBy(
        using(timeout(50), () =>
          using(process, function* () {
            yield* process.stdout!.readline();
            yield* process.wait();
          }),
        ),
      );
      expect(error).toBeInstanceOf(TimeoutError);
      expect([process.returncode, isGone(process.pid)]).toEqual([-9, true]);
    }));

  it("kills it at once when it is cancelled again", () =>
    runAlone(function* () {
      const process = yield* sh(STUBBORN, { stdin: PIPE, stdout: PIPE, grace: 1_000_000 });
      yield* process.stdout!.readline();
      const task = createTask(using(process, () => process.wait()));
      yield* sleep(5);
      task.cancel();
      yield* sleep(5);
      expect(process.returncode).toBe(null);
      task.cancel();
      yield* gather([task], { returnExceptions: true });
      expect([task.cancelled(), process.returncode, isGone(process.pid)]).toEqual([true, -9, true]);
    }));
});

describe.skipIf(noShell !== "")(`stop${noShell}`, () => {
  it("ends it, and gives what it ended with; once it has ended that is all", () =>
    runAlone(function* () {
      const process = yield* createSubprocessExec("sleep", ["1000"]);
      expect(yield* process.stop()).toBe(-15);
      expect(yield* process.stop()).toBe(-15);
      const stubborn = yield* sh(STUBBORN, { stdin: PIPE, stdout: PIPE });
      yield* stubborn.stdout!.readline();
      expect(yield* stubborn.stop(0)).toBe(-9);
    }));
});
