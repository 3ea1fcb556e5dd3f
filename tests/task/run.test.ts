import { spawn } from "node:child_process";
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CancelledError,
  Future,
  RuntimeError,
  createTask,
  fromCallback,
  fromPromise,
  getRunningLoop,
  run,
  sleep,
  toPromise,
  toThread,
} from "escapement";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const library = new URL("../../src/index.ts", import.meta.url).href;
const tsx = createRequire(import.meta.url).resolve("tsx");

let folder = "";
beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "escapement-run-")));
  writeFileSync(join(folder, "package.json"), `{ "type": "module" }`);
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs `text` in a process of its own, and interrupts it when it says "ready". */
function program(name: string, text: string): Promise<{ code: number | null; stdout: string }> {
  writeFileSync(join(folder, name), `import * as escapement from ${JSON.stringify(library)};\n${text}`);
  const child = spawn(process.execPath, ["--import", tsx, join(folder, name)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let stdout = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    stdout += chunk;
    if (chunk.includes("ready")) child.kill("SIGINT");
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout }));
  });
}

describe("run", () => {
  it("gives the result of its main, in real time", async () => {
    const waited = await run(function* () {
      const loop = getRunningLoop();
      const start = loop.time();
      yield* sleep(10);
      return loop.time() - start;
    });
    expect(waited).toBeGreaterThanOrEqual(10);
    expect(await run(sleep(1, "an awaitable"))).toBe("an awaitable");
  });

  it("is rejected with what main throws", async () => {
    const boom = new Error("boom");
    const failing = run(function* () {
      yield* sleep(1);
      throw boom;
    });
    await expect(failing).rejects.toBe(boom);
  });

  it("cancels main when the signal is aborted, before or after it begins", async () => {
    const trace: string[] = [];
    const controller = new AbortController();
    const main = run(
      function* () {
        try {
          controller.abort(new Error("enough"));
          yield* sleep(60_000);
        } finally {
          yield* sleep(1);
          trace.push("cleaned up");
        }
      },
      { signal: controller.signal },
    );
    await expect(main).rejects.toBeInstanceOf(CancelledError);
    const late = run(
      function* () {
        trace.push("never begins");
      },
      { signal: controller.signal },
    );
    await expect(late).rejects.toBeInstanceOf(CancelledError);
    expect(trace).toEqual(["cleaned up"]);
  });

  it("waits for promises, callbacks and threads, and hands out promises", async () => {
    const results = await run(function* () {
      const promised = yield* fromPromise(Promise.resolve("promise"));
      const called = yield* fromCallback<string>((done) => setTimeout(() => done(null, "callback"), 1));
      const threaded = yield* toThread((a: number, b: number) => a + b, 2, 3);
      const back = yield* fromPromise(toPromise(sleep(1, "there and back")));
      const errors: unknown[] = [];
      for (const failing of [
        () => fromPromise(Promise.reject(new Error("promise"))),
        () => fromCallback((done) => setTimeout(() => done(new Error("callback"), undefined), 1)),
        () =>
          toThread(() => {
            throw new Error("thread");
          }),
      ]) {
        try {
          yield* failing();
        } catch (error) {
          errors.push((error as Error).message);
        }
      }
      return [promised, called, threaded, back, errors];
    });
    expect(results).toEqual(["promise", "callback", 5, "there and back", ["promise", "callback", "thread"]]);
  });

  it("cancels what main leaves behind, and waits for its clean-up", async () => {
    const trace: string[] = [];
    await run(function* () {
      createTask(
        (function* () {
          try {
            yield* sleep(60_000);
          } finally {
            yield* sleep(1);
            trace.push("left-over cleaned up");
          }
        })(),
      );
      yield;
      trace.push("main ends");
    });
    trace.push("run ends");
    expect(trace).toEqual(["main ends", "left-over cleaned up", "run ends"]);
  });

  it("is woken by callSoonThreadsafe, with nothing else to do", async () => {
    const result = await run(function* () {
      const loop = getRunningLoop();
      const future = new Future<string>();
      setTimeout(() => loop.callSoonThreadsafe(() => future.setResult("woken")), 5);
      return yield* future;
    });
    expect(result).toBe("woken");
  });

  it("gives the host its turn while the program is always ready", async () => {
    const turns = await run(function* () {
      const host = { turns: 0 };
      setImmediate(() => (host.turns += 1));
      while (host.turns === 0) yield;
      return host.turns;
    });
    expect(turns).toBe(1);
  });

  it("may run beside another, and not inside one", async () => {
    const both = await Promise.all([run(sleep(2, "a")), run(sleep(1, "b"))]);
    const inside = await run(function* () {
      return yield* fromPromise(run(sleep(1)).catch((error: unknown) => error));
    });
    expect([both, inside]).toEqual([["a", "b"], expect.any(RuntimeError)]);
  });

  it("lets the process end when the program has ended", async () => {
    const ended = await program(
      "ends.ts",
      `await escapement.run(function* () {
         console.log(yield* escapement.toThread(() => "from a thread"));
       });
       console.log("done");`,
    );
    expect(ended).toEqual({ code: 0, stdout: "from a thread\ndone\n" });
  });

  it("cancels main on the first SIGINT", async () => {
    const ended = await program(
      "sigint.ts",
      `try {
         await escapement.run(function* () {
           console.log("ready");
           try { yield* escapement.sleep(60_000); }
           finally { yield* escapement.sleep(1); console.log("cleaned up"); }
         });
       } catch (error: any) { console.log(error.name); }`,
    );
    expect(ended).toEqual({ code: 0, stdout: "ready\ncleaned up\nCancelledError\n" });
  });

  it("lets the second SIGINT end the process, whatever main does", async () => {
    const ended = await program(
      "sigint-twice.ts",
      `escapement.run(function* () {
         for (;;) {
           console.log("ready");
           try { yield* escapement.sleep(60_000); }
           catch (error: any) { console.log("refuses", error.name); }
         }
       });`,
    );
    expect(ended).toEqual({ code: null, stdout: "ready\nrefuses CancelledError\nready\n" });
  });

  it("ends with a DeadlockError when nothing could ever wake the program", async () => {
    const ended = await program(
      "deadlock.ts",
      `escapement.run(function* () { yield* new escapement.Future(); }).catch((error: any) => {
         console.log(error.name, error.message.replace(/ \\(.*\\)/, ""));
       });`,
    );
    const message = '1 task waits and nothing is scheduled: "Task-1" on a Future.';
    expect(ended).toEqual({ code: 0, stdout: `DeadlockError ${message}\n` });
  });
});
