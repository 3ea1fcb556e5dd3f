import { describe, expect, it } from "vitest";
import {
  type Coroutine,
  DeadlockError,
  copyContext,
  createTask,
  getRunningLoop,
  runSync,
  sleep,
  using,
} from "../../src/index.ts";
import {
  ConnectionRefusedError,
  type StreamReader,
  type StreamWriter,
  openConnection,
  openUnixConnection,
  startServer,
  startUnixServer,
} from "../../src/io/net.ts";
import { network } from "../../src/io/network.ts";
import { MemoryNetwork } from "./memory-network.ts";
import { text } from "./text.ts";

/** Runs a program in virtual time, on a network of its own. */
function simulated<T>(main: () => Coroutine<T>, latency = 50): T {
  return copyContext().run(() => {
    network.set(new MemoryNetwork(latency));
    return runSync(main);
  });
}

function* echo(reader: StreamReader, writer: StreamWriter): Coroutine<void> {
  for (;;) {
    const line = yield* reader.readline();
    if (line.length === 0) break;
    writer.write(line);
    yield* writer.drain();
  }
  writer.close();
}

describe("a network bound to the context", () => {
  it("is what openConnection and startServer reach, server tasks included", () => {
    const trace: string[] = [];
    simulated(function* () {
      const note = (what: string) => trace.push(`${getRunningLoop().time()} ${what}`);
      const server = yield* startServer(
        function* (reader, writer) {
          note(`greets ${String(writer.getExtraInfo("peername"))}`);
          yield* echo(reader, writer);
        },
        "server.example",
        80,
      );
      yield* using(server, function* () {
        const [reader, writer] = yield* openConnection("server.example", 80);
        note("connected");
        writer.write("tick\n");
        note(text(yield* reader.readline()).trim());
        writer.close();
        yield* writer.waitClosed();
        note("closed");
      });
      note("over");
    });
    expect(trace).toEqual(["50 connected", "50 greets the client", "150 tick", "150 closed", "200 over"]);
  });

  it("has its own refusals", () => {
    expect(() => simulated(() => openConnection("nobody.example", 80))).toThrow(ConnectionRefusedError);
  });

  it("carries Unix sockets, too", () => {
    const answer = simulated(function* () {
      yield* startUnixServer(echo, "/run/echo");
      const [reader, writer] = yield* openUnixConnection("/run/echo");
      writer.write("one\n");
      return text(yield* reader.readline());
    });
    expect(answer).toBe("one\n");
  });

  it("has deadlocks that name what is waited for", () => {
    const error = (() => {
      try {
        simulated(function* () {
          yield* startServer(echo, "server.example", 80);
          const [reader] = yield* openConnection("server.example", 80);
          yield* reader.readexactly(1);
        });
      } catch (thrown) {
        return thrown as Error;
      }
      throw new Error("no deadlock");
    })();
    expect(error).toBeInstanceOf(DeadlockError);
    expect(error.message).toContain('"Task-1" on StreamReader.readexactly');
    expect(error.message).toContain("on StreamReader.readuntil");
  });
});

describe("back-pressure", () => {
  it("stops a writer whose reader sleeps, at 64 KiB and what the reader holds, and lets it go on", () => {
    const trace: string[] = [];
    simulated(function* () {
      const note = (what: string) => trace.push(`${getRunningLoop().time()} ${what}`);
      let received = 0;
      function* sleepy(reader: StreamReader, writer: StreamWriter): Coroutine<void> {
        yield* sleep(10_000);
        for (;;) {
          const piece = yield* reader.read(2 ** 20);
          if (piece.length === 0) break;
          received += piece.length;
        }
        writer.close();
      }
      const server = yield* startServer(sleepy, "server.example", 80, { limit: 1000 });
      const [, writer] = yield* openConnection("server.example", 80);
      const writing = createTask(
        (function* () {
          for (let i = 0; i < 100; i += 1) {
            writer.write(new Uint8Array(1000));
            yield* writer.drain();
          }
          note("written");
        })(),
      );
      yield* sleep(5000);
      // It stopped at 66 pieces, the first beyond its high water mark; the reader took 3, the first beyond twice its limit.
      note(`${writer.transport.getWriteBufferSize()} bytes wait`);
      yield* writing;
      writer.close();
      yield* server.exit();
      note(`received ${received}`);
    }, 1);
    expect(trace).toEqual(["5001 63000 bytes wait", "10001 written", "10002 received 100000"]);
  });
});
