// CPython 3.13: Lib/test/test_asyncio/test_subprocess.py, SubprocessMixin; its programs in JavaScript.
import { describe, expect } from "vitest";
import { type Coroutine, ValueError, createTask, gather, getRunningLoop, isCancelled, sleep } from "../../src/index.ts";
import { BrokenPipeError, ConnectionResetError } from "../../src/io/net.ts";
import {
  DEVNULL,
  FileNotFoundError,
  PIPE,
  ProcessLookupError,
  type Subprocess,
  type SubprocessOptions,
  createSubprocessExec,
  createSubprocessShell,
} from "../../src/io/process.ts";
import { runAlone } from "../io/children.ts";
import { text } from "../io/text.ts";
import { raisedBy, raises } from "./helpers.ts";
import { adapted, leftOut, ported } from "./port.ts";

const BLOCKED = "setTimeout(() => {}, 3_600_000)";
const CAT = "process.stdin.pipe(process.stdout)";
const LENGTH = 'let n = 0; process.stdin.on("data", (d) => (n += d.length)).on("end", () => console.log(n))';
const PIPES = { stdin: PIPE, stdout: PIPE, stderr: PIPE } as const;
// More than the system holds for a pipe.
const LARGE = 4 * 2 ** 20;

/** `create_subprocess_exec(sys.executable, '-c', code)`. */
const program = (code: string, options?: SubprocessOptions): Coroutine<Subprocess> =>
  createSubprocessExec(process.execPath, ["-e", code], options);

/** A test whose body is a coroutine, and after which no process is left. */
const running = (body: () => Coroutine<void>) => (): Promise<void> => runAlone(body);

/** `self.check_stdout_output(coro, output)`. */
function* checkStdout(made: Coroutine<Subprocess>, output: string): Coroutine<void> {
  const proc = yield* made;
  const [stdout] = yield* proc.communicate();
  expect(text(stdout)).toBe(output);
  expect(proc.returncode).toBe(0);
  const task = createTask(proc.wait());
  yield* sleep(0);
  expect(task.result()).toBe(proc.returncode);
}

/** Waits for a task that was cancelled. */
function* absorbing(task: ReturnType<typeof createTask<any>>): Coroutine<void> {
  const error = yield* raisedBy(task);
  if (!isCancelled(error)) throw error;
}

const environment = (name: string, value: string): Record<string, string> => ({
  ...(process.env as Record<string, string>),
  [name]: value,
});

describe("SubprocessMixin", () => {
  ported(
    "test_stdin_stdout",
    running(function* () {
      const proc = yield* program(CAT, { stdin: PIPE, stdout: PIPE });
      proc.stdin!.write("some data");
      yield* proc.stdin!.drain();
      proc.stdin!.close();
      const data = yield* proc.stdout!.read();
      expect([yield* proc.wait(), text(data)]).toEqual([0, "some data"]);
    }),
  );

  ported(
    "test_communicate",
    running(function* () {
      const proc = yield* program(CAT, { stdin: PIPE, stdout: PIPE });
      const [stdout] = yield* proc.communicate("some data");
      expect([proc.returncode, text(stdout)]).toEqual([0, "some data"]);
    }),
  );

  ported(
    "test_communicate_none_input",
    running(function* () {
      const proc = yield* program(CAT, { stdin: PIPE, stdout: PIPE });
      const [stdout] = yield* proc.communicate();
      expect([proc.returncode, text(stdout)]).toEqual([0, ""]);
    }),
  );

  ported(
    "test_shell",
    running(function* () {
      const proc = yield* createSubprocessShell("exit 7");
      expect(yield* proc.wait()).toBe(7);
    }),
  );

  ported(
    "test_start_new_session",
    running(function* () {
      const proc = yield* createSubprocessShell("exit 8", { startNewSession: true });
      expect(yield* proc.wait()).toBe(8);
    }),
  );

  ported(
    "test_kill",
    running(function* () {
      const proc = yield* program(BLOCKED);
      proc.kill();
      expect(yield* proc.wait()).toBe(-9);
    }),
  );

  adapted(
    "test_kill_issue43884",
    "the shell's child ends at once, by itself",
    running(function* () {
      const proc = yield* createSubprocessShell("read line; read line", { stdin: PIPE, stdout: PIPE });
      yield* sleep(1);
      proc.kill();
      expect(yield* proc.wait()).toBe(-9);
    }),
  );

  ported(
    "test_terminate",
    running(function* () {
      const proc = yield* program(BLOCKED);
      proc.terminate();
      expect(yield* proc.wait()).toBe(-15);
    }),
  );

  ported(
    "test_send_signal",
    running(function* () {
      const proc = yield* program(`console.log("sleeping"); ${BLOCKED}`, { stdout: PIPE });
      expect(text(yield* proc.stdout!.readline())).toBe("sleeping\n");
      proc.sendSignal("SIGHUP");
      expect(yield* proc.wait()).toBe(-1);
    }),
  );

  adapted(
    "test_stdin_broken_pipe",
    "the program ends after the first bytes, for want of other descriptors",
    running(function* () {
      const proc = yield* program('process.stdin.once("data", () => process.exit())', { stdin: PIPE });
      proc.stdin!.write(new Uint8Array(LARGE));
      const error = yield* raisedBy(proc.stdin!.drain());
      expect(error instanceof BrokenPipeError || error instanceof ConnectionResetError).toBe(true);
      yield* proc.wait();
    }),
  );

  ported(
    "test_communicate_ignore_broken_pipe",
    running(function* () {
      const proc = yield* program("", { stdin: PIPE });
      yield* proc.communicate(new Uint8Array(LARGE));
      yield* proc.wait();
    }),
  );

  adapted(
    "test_pause_reading",
    "the reader's own toString tells that it makes the pipe wait",
    running(function* () {
      const limit = 10;
      const size = limit * 2 + 1;
      const proc = yield* program(`process.stdout.write("x".repeat(${size}))`, { stdin: PIPE, stdout: PIPE, limit });
      while (!String(proc.stdout).includes("paused")) yield* sleep(1);
      const [stdout] = yield* proc.communicate();
      expect(text(stdout)).toBe("x".repeat(size));
      expect(String(proc.stdout)).not.toContain("paused");
    }),
  );

  /** `print(len(data))`, of what it gets. */
  function* lengthOf(message: string | undefined, options: SubprocessOptions): Coroutine<string> {
    const proc = yield* program(LENGTH, options);
    const [stdout] = yield* proc.communicate(message);
    expect(yield* proc.wait()).toBe(0);
    return text(stdout).trimEnd();
  }

  ported(
    "test_stdin_not_inheritable",
    running(function* () {
      expect(yield* lengthOf("abc", PIPES)).toBe("3");
    }),
  );

  ported(
    "test_empty_input",
    running(function* () {
      expect(yield* lengthOf("", PIPES)).toBe("0");
    }),
  );

  ported(
    "test_devnull_input",
    running(function* () {
      expect(yield* lengthOf(undefined, { ...PIPES, stdin: DEVNULL })).toBe("0");
    }),
  );

  adapted(
    "test_devnull_output",
    "what is no pipe is empty, not None",
    running(function* () {
      expect(yield* lengthOf("abc", { ...PIPES, stdout: DEVNULL })).toBe("");
    }),
  );

  adapted(
    "test_devnull_error",
    "what is no pipe is empty, not None",
    running(function* () {
      const proc = yield* program(LENGTH, { ...PIPES, stderr: DEVNULL });
      const [, stderr] = yield* proc.communicate("abc");
      expect([stderr.length, yield* proc.wait()]).toEqual([0, 0]);
    }),
  );

  leftOut("test_devstdin_input", "Node's pipes are sockets, which /dev/stdin does not open");

  ported(
    "test_cancel_process_wait",
    running(function* () {
      const proc = yield* program(BLOCKED);
      const task = createTask(proc.wait());
      getRunningLoop().callSoon(() => void task.cancel());
      yield* absorbing(task);
      task.cancel();
      proc.kill();
      yield* proc.wait();
    }),
  );

  ported(
    "test_cancel_make_subprocess_transport_exec",
    running(function* () {
      const task = createTask(program(BLOCKED));
      getRunningLoop().callSoon(() => void task.cancel());
      yield* absorbing(task);
    }),
  );

  adapted(
    "test_close_kill_running",
    "stop() is what ends a process that runs",
    running(function* () {
      const proc = yield* program(BLOCKED);
      expect(proc.returncode).toBe(null);
      expect([-9, -15]).toContain(yield* proc.stop(0));
    }),
  );

  adapted(
    "test_popen_error",
    "spawn fails, for there is no such program",
    running(function* () {
      yield* raises(FileNotFoundError, createSubprocessExec("no-such-program"));
    }),
  );

  adapted(
    "test_popen_error_with_stdin_pipe",
    "spawn fails, for there is no such program",
    running(function* () {
      yield* raises(FileNotFoundError, createSubprocessExec("no-such-program", [], { stdin: PIPE }));
    }),
  );

  ported(
    "test_read_stdout_after_process_exit",
    running(function* () {
      const code = 'process.stdout.write("x".repeat(4096 * 64), () => process.exit(1))';
      const proc = yield* program(code, { stdout: PIPE });
      while ((yield* proc.stdout!.read(65536)).length > 0) yield* sleep(3);
    }),
  );

  /** `text=True`, and its like. */
  function* refusesText(make: (options: object) => Coroutine<Subprocess>): Coroutine<void> {
    for (const options of [{ text: true }, { encoding: "utf-8" }, { errors: "strict" }]) {
      yield* raises(ValueError, make(options));
    }
  }

  ported(
    "test_create_subprocess_exec_text_mode_fails",
    running(() => refusesText((options) => program("", options))),
  );

  ported(
    "test_create_subprocess_shell_text_mode_fails",
    running(() => refusesText((options) => createSubprocessShell("exit", options))),
  );

  ported(
    "test_create_subprocess_env_shell",
    running(function* () {
      const env = environment("FOO", "bar");
      yield* checkStdout(createSubprocessShell('printf %s "$FOO"', { env, stdout: PIPE }), "bar");
    }),
  );

  ported(
    "test_create_subprocess_env_exec",
    running(function* () {
      const env = environment("FOO", "baz");
      yield* checkStdout(program("process.stdout.write(process.env.FOO)", { env, stdout: PIPE }), "baz");
    }),
  );

  ported(
    "test_subprocess_concurrent_wait",
    running(function* () {
      const proc = yield* program(CAT, { stdin: PIPE, stdout: PIPE });
      const [stdout] = yield* proc.communicate("some data");
      expect([text(stdout), proc.returncode]).toEqual(["some data", 0]);
      const waits = Array.from({ length: 10 }, () => proc.wait());
      expect(yield* gather(waits)).toEqual(waits.map(() => 0));
    }),
  );

  ported(
    "test_subprocess_communicate_stdout",
    running(function* () {
      function* stdoutOf(word: string): Coroutine<string> {
        const proc = yield* program(`console.log(${JSON.stringify(word)})`, { stdout: PIPE });
        const [stdout] = yield* proc.communicate();
        return text(stdout).trim();
      }
      const outputs = Array.from({ length: 10 }, (_, index) => `foo${index}`);
      expect(yield* gather(outputs.map(stdoutOf))).toEqual(outputs);
    }),
  );

  ported(
    "test_subprocess_send_signal_race",
    running(function* () {
      for (let i = 0; i < 10; i += 1) {
        const proc = yield* createSubprocessExec("sleep", ["0.01"]);
        yield* sleep(10);
        try {
          proc.sendSignal("SIGUSR1");
        } catch (error) {
          if (!(error instanceof ProcessLookupError)) throw error;
        }
        expect(yield* proc.wait()).not.toBe(255);
      }
    }),
  );
});
