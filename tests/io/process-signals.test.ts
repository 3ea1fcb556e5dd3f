import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { createTask, gather, sleep, using } from "../../src/index.ts";
import { signals, waitSignal } from "../../src/io/process.ts";
import { noShell, runAlone } from "./children.ts";

const send = (name: string): void => void process.kill(process.pid, name);

describe.skipIf(noShell !== "")(`waitSignal${noShell}`, () => {
  it("waits until the signal comes, for everybody who waits", () =>
    runAlone(function* () {
      const trace: string[] = [];
      const waits = ["one", "two"].map((name) =>
        createTask(
          (function* () {
            yield* waitSignal("SIGUSR2");
            trace.push(name);
          })(),
        ),
      );
      yield* sleep(1);
      trace.push("sent");
      send("SIGUSR2");
      yield* gather(waits);
      expect(trace).toEqual(["sent", "one", "two"]);
      expect(process.listenerCount("SIGUSR2")).toBe(0);
    }));
});

describe.skipIf(noShell !== "")(`signals${noShell}`, () => {
  it("has those who caught SIGINT before step aside, and leaves others beside it", () =>
    runAlone(function* () {
      const other = (): void => {};
      for (const name of ["SIGINT", "SIGUSR2"]) process.on(name, other);
      try {
        const before = process.listeners("SIGINT");
        yield* using(signals("SIGINT", "SIGUSR2"), function* () {
          expect(process.listenerCount("SIGINT")).toBe(1);
          expect(process.listeners("SIGINT")).not.toContain(other);
          expect(process.listeners("SIGUSR2")).toContain(other);
        });
        expect(process.listeners("SIGINT")).toEqual(before);
        expect(process.listeners("SIGUSR2")).toEqual([other]);
      } finally {
        for (const name of ["SIGINT", "SIGUSR2"]) process.removeListener(name, other);
      }
    }));

  it("misses none between two that are waited for", () =>
    runAlone(function* () {
      yield* using(signals("SIGUSR2", "SIGHUP"), function* (received) {
        send("SIGHUP");
        yield* sleep(5);
        send("SIGUSR2");
        yield* sleep(5);
        expect([yield* received.next(), yield* received.next()]).toEqual(["SIGHUP", "SIGUSR2"]);
      });
    }));
});

/** What the program of fixtures/signals.ts prints and ends with, after the signals were sent to it, one for each line. */
function running(what: string, sent: readonly NodeJS.Signals[]): Promise<{ printed: string; ended: unknown }> {
  const program = fileURLToPath(new URL("signal-program.ts", import.meta.url));
  const child = spawn(process.execPath, ["--import", "tsx", program, what], { stdio: ["ignore", "pipe", "inherit"] });
  const left = [...sent];
  let printed = "";
  child.stdout.on("data", (chunk: Buffer) => {
    printed += chunk.toString();
    const next = left.shift();
    if (next !== undefined) child.kill(next);
  });
  return new Promise((resolve) => child.on("close", (code, signal) => resolve({ printed, ended: signal ?? code })));
}

describe.skipIf(noShell !== "")(`a program of its own process${noShell}`, () => {
  it("is kept alive by waiting for a signal, and ends when it wants to", async () => {
    expect(await running("SIGTERM", ["SIGTERM"])).toEqual({ printed: "waits\nSIGTERM came\n", ended: 0 });
  });

  it("may wait for SIGINT itself; when it does no more, SIGINT cancels the main task as ever", async () => {
    expect(await running("SIGINT", ["SIGINT", "SIGINT"])).toEqual({
      printed: "waits\nSIGINT came\ncancelled\n",
      ended: 0,
    });
  });
});
