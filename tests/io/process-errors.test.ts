import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type Coroutine, RuntimeError, ValueError, createTask, getRunningLoop, runSync } from "../../src/index.ts";
import { BrokenPipeError, ConnectionResetError } from "../../src/io/net.ts";
import {
  FileNotFoundError,
  NotADirectoryError,
  OSError,
  PIPE,
  PermissionError,
  ProcessLookupError,
  STDOUT,
  createSubprocessExec,
  createSubprocessShell,
  signals,
  waitSignal,
} from "../../src/io/process.ts";
import { PipeProtocol } from "../../src/io/pipe-protocol.ts";
import { noShell, runAlone } from "./children.ts";
import { scratch } from "./scratch.ts";
import { thrownBy } from "./thrown-by.ts";

const piped = { stdin: PIPE, stdout: PIPE, stderr: PIPE } as const;

/** What waiting for it throws in a program of its own, which leaves nothing behind. */
async function errorOf(make: () => Coroutine<unknown>): Promise<any> {
  let error: unknown;
  await runAlone(function* () {
    error = yield* thrownBy(make());
  });
  return error;
}

describe.skipIf(noShell !== "")(`a process that cannot be started${noShell}`, () => {
  it.each([
    ["with pipes", piped],
    ["without", {}],
    ["with stderr joined to stdout", { stdout: PIPE, stderr: STDOUT }],
  ] as const)("is a FileNotFoundError when there is no such program, %s", async (_what, options) => {
    const error = await errorOf(() => createSubprocessExec("no-such-program", ["a"], options));
    expect(error).toBeInstanceOf(FileNotFoundError);
    expect(error).toBeInstanceOf(OSError);
    expect(error.message).toBe("createSubprocessExec: no-such-program: no such file or directory (ENOENT).");
    expect(error).toMatchObject({ target: "no-such-program", code: "ENOENT", cause: { code: "ENOENT" } });
    expect(error.stack).toContain("thrown-by.ts");
  });

  it.each([
    ["alone", {}],
    ["with stderr joined to stdout", { stdout: PIPE, stderr: STDOUT }],
  ] as const)("names the working directory when that is what is wrong, %s", async (_what, options) => {
    const missing = await errorOf(() => createSubprocessExec("sh", [], { cwd: "/no/such/directory", ...options }));
    expect(missing).toBeInstanceOf(FileNotFoundError);
    expect(missing).toMatchObject({ target: "/no/such/directory", code: "ENOENT" });
    const file = scratch();
    writeFileSync(file, "");
    const shell = await errorOf(() => createSubprocessShell("exit 0", { cwd: file, ...options }));
    expect(shell).toBeInstanceOf(NotADirectoryError);
    expect(shell.message).toBe(`createSubprocessShell: ${file}: it is not a directory (ENOTDIR).`);
  });

  it("is a PermissionError when it is no program", async () => {
    const [file, folder] = [scratch(), scratch()];
    writeFileSync(file, "");
    chmodSync(file, 0o644);
    mkdirSync(folder);
    for (const path of [file, folder]) {
      const error = await errorOf(() => createSubprocessExec(path, [], piped));
      expect(error).toBeInstanceOf(PermissionError);
      expect(error).toMatchObject({ target: path, code: "EACCES", cause: { code: "EACCES" } });
    }
  });
});

describe.skipIf(noShell !== "")(`a process that has ended${noShell}`, () => {
  it("takes no signal: that is a ProcessLookupError", () =>
    runAlone(function* () {
      const process = yield* createSubprocessExec("true");
      yield* process.wait();
      for (const call of [() => process.kill(), () => process.terminate(), () => process.sendSignal("SIGHUP")]) {
        expect(call).toThrow(ProcessLookupError);
      }
      expect(() => process.kill()).toThrow("Subprocess.sendSignal: true: it has ended with 0.");
    }));

  it("without having read all breaks the pipe, where somebody waits for that", () =>
    runAlone(function* () {
      const process = yield* createSubprocessExec("sh", ["-c", "read line"], { stdin: PIPE });
      process.stdin!.write(`line\n${"x".repeat(2 ** 20)}`);
      const error = yield* thrownBy(process.stdin!.drain());
      expect([BrokenPipeError, ConnectionResetError]).toContain(error.constructor);
      expect(error.target).toBe("the stdin of sh");
      yield* process.wait();
    }));
});

describe("a pipe that the host closes without an error", () => {
  it("is broken all the same for who still waits for it", () => {
    const error = runSync(function* () {
      const options = { limit: undefined, target: "the stdin of cat", onLost: () => {} };
      const protocol = new PipeProtocol({ loop: getRunningLoop(), ...options });
      protocol.pauseWriting();
      const draining = createTask(thrownBy(protocol.flow.drained()));
      yield;
      protocol.connectionLost(null);
      return yield* draining;
    });
    expect(error).toBeInstanceOf(BrokenPipeError);
    expect(error.message).toBe("the stdin of cat: the process ended before it had read all.");
  });
});

describe("arguments that cannot be meant", () => {
  const untyped = (value: unknown): never => value as never;

  it.each([
    [() => createSubprocessExec(untyped(7)), "TypeError: createSubprocessExec: a program is a string, not number."],
    [() => createSubprocessExec(""), "ValueError: createSubprocessExec: the program has no name."],
    [
      () => createSubprocessExec("a\0b"),
      'ValueError: createSubprocessExec: a program has no null character: "a\\u0000b".',
    ],
    [
      () => createSubprocessExec("sh", untyped("-c")),
      "TypeError: createSubprocessExec: the arguments are an array of strings.",
    ],
    [
      () => createSubprocessExec("sh", untyped([7])),
      "TypeError: createSubprocessExec: an argument is a string, not number.",
    ],
    [
      () => createSubprocessExec("sh", [], { stdin: untyped("file") }),
      'ValueError: createSubprocessExec: stdin is "pipe", "inherit" or "ignore", not "file".',
    ],
    [
      () => createSubprocessExec("sh", [], { stdout: untyped(STDOUT) }),
      'ValueError: createSubprocessExec: stdout is "pipe", "inherit" or "ignore", not "stdout".',
    ],
    [
      () => createSubprocessExec("sh", [], { limit: 0 }),
      "ValueError: createSubprocessExec: the limit is a number of bytes, one at least, not 0.",
    ],
    [
      () => createSubprocessExec("sh", [], { cwd: untyped(null) }),
      "TypeError: createSubprocessExec: the working directory is a string, not null.",
    ],
    [() => createSubprocessShell(untyped(null)), "TypeError: createSubprocessShell: a command is a string, not null."],
    [
      () => createSubprocessShell("exit", { grace: Number.NaN }),
      "ValueError: createSubprocessShell: grace is NaN (not a number); expected milliseconds.",
    ],
    [() => waitSignal("SIGNAL"), 'ValueError: waitSignal: there is no signal "SIGNAL"; "SIGTERM" is one.'],
    [() => waitSignal("SIGKILL"), "RuntimeError: waitSignal: SIGKILL cannot be caught."],
    [() => awaiting(signals().enter()), "ValueError: signals: no signal is named."],
  ] as const)("%# are refused where they are awaited", async (make, message) => {
    expect(String(await errorOf(make))).toBe(message);
  });

  it.skipIf(noShell !== "")(`are refused by a process that runs, too${noShell}`, () =>
    runAlone(function* () {
      const process = yield* createSubprocessExec("cat", [], { stdin: PIPE });
      expect(() => process.sendSignal("15")).toThrow('Subprocess.sendSignal: there is no signal "15"');
      expect(yield* thrownBy(process.communicate(untyped(7)))).toBeInstanceOf(TypeError);
      process.stdin!.close();
      yield* process.wait();
      const deaf = yield* createSubprocessExec("true");
      const error = yield* thrownBy(deaf.communicate("tick"));
      expect(error).toBeInstanceOf(ValueError);
      expect(error.message).toContain("true has no pipe for input");
      yield* deaf.wait();
    }),
  );

  it("are no matter when nobody turns the host's loop: that is the error", () => {
    expect(() => runSync(() => createSubprocessExec("sh"))).toThrow(RuntimeError);
    expect(() => runSync(() => waitSignal("SIGTERM"))).toThrow("waitSignal: signals come through the host's loop");
  });
});

function* awaiting(awaitable: ReturnType<ReturnType<typeof signals>["enter"]>): Coroutine<unknown> {
  return yield* awaitable;
}
