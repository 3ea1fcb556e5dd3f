import { describe, expect, it } from "vitest";
import { type Coroutine, createTask, getRunningLoop, runSync, sleep } from "../../src/index.ts";
import { type Connection, type WebSocketOptions, connect, serve } from "../../src/io/websocket.ts";
import {
  type Message,
  type Wire,
  type WireAcceptor,
  type WireEvents,
  webSockets,
} from "../../src/io/websocket-wire.ts";
import { thrownBy } from "./thrown-by.ts";

// What a connection does with whatever carries its messages, in virtual time: the rules, and when they are applied.

/** A wire that notes what it is told to do, and when. What the peer does, the test does. */
class NotingWire implements Wire {
  readonly notes: string[] = [];
  readonly #loop = getRunningLoop();
  events!: WireEvents;
  isOpen = true;
  bufferedAmount = 0;

  #note(what: string): void {
    this.notes.push(`${this.#loop.time()} ${what}`);
  }

  send(message: Message): void {
    this.#note(`send ${message.length}`);
    this.bufferedAmount += message.length;
  }

  /** The oldest `size` bytes go: they were one message. */
  flush(size: number): void {
    this.bufferedAmount -= size;
    this.events.sent();
  }

  ping(payload: string): void {
    this.#note(`ping ${payload}`);
  }

  close(code: number, reason: string): void {
    this.#note(`close ${code} ${reason}`);
    this.isOpen = false;
  }

  terminate(): void {
    this.#note("terminate");
    this.isOpen = false;
    this.events.lost(LOST);
  }

  pause(): void {
    this.#note("pause");
  }

  resume(): void {
    this.#note("resume");
  }
}

const LOST = { received: null, sent: null, peerFirst: false, cause: undefined };

const facts = { subprotocol: null, path: "/", remoteAddress: "", headers: {} };

/** A wire that `connect` reaches from now on. It opens in the next iteration, or never. */
function noteConnection(opens = true): NotingWire {
  const wire = new NotingWire();
  webSockets.set({
    connect(_url, _settings, events) {
      wire.events = events;
      if (opens) getRunningLoop().callSoon(() => events.open(facts));
      return wire;
    },
    listen: () => ({ close() {} }),
  });
  return wire;
}

/** What a wire is told to do by the program whose connection it carries. */
function noted(
  body: (connection: Connection, wire: NotingWire) => Coroutine<void>,
  options: WebSocketOptions = {},
): readonly string[] {
  return runSync(function* () {
    const wire = noteConnection();
    yield* body(yield* connect("ws://noted", options), wire);
    return wire.notes;
  });
}

describe("by default, as Python's websockets does, a connection", () => {
  it("pings every 20 s, closes with 1011 when 20 s pass without an answer, and is dropped 10 s later", () => {
    const notes = noted(function* (connection, wire) {
      yield* sleep(20_250);
      wire.events.pong("1");
      yield* thrownBy(connection.recv());
    });
    expect(notes).toEqual([
      "20000 ping 1",
      "40000 ping 2",
      "60000 close 1011 keepalive ping timeout",
      "70000 terminate",
    ]);
  });

  it("counts the time that an answer took as part of the interval", () => {
    const notes = noted(
      function* (connection, wire) {
        yield* sleep(130);
        wire.events.pong("1");
        yield* sleep(170);
        wire.events.pong("2");
        wire.events.lost(LOST);
        yield* thrownBy(connection.recv());
        yield* sleep(1000);
      },
      { pingInterval: 100 },
    );
    expect(notes).toEqual(["100 ping 1", "200 ping 2"]);
  });

  it("opens within 10 s, or not at all", () => {
    const [error, notes] = runSync(function* () {
      const wire = noteConnection(false);
      return [yield* thrownBy(connect("ws://me:secret@noted/")), wire.notes];
    });
    expect(String(error)).toBe(
      "TimeoutError: connect to ws://noted/: the opening handshake took longer than 10000 ms.",
    );
    expect(notes).toEqual(["10000 terminate"]);
  });

  it("has no timer but that of its next ping", () => {
    noted(function* () {
      expect(getRunningLoop().nextDeadline()).toBe(20_000);
    });
    noted(
      function* (connection, wire) {
        expect(getRunningLoop().nextDeadline()).toBe(Infinity);
        connection.startClosing(1000, "");
        wire.events.lost(LOST);
        expect(getRunningLoop().nextDeadline()).toBe(Infinity);
      },
      { pingInterval: null },
    );
  });

  it("closes within 10 s", () => {
    const notes = noted(function* (connection) {
      yield* connection.close(1001, "bye");
      expect(connection.closed).toBe(true);
    });
    expect(notes).toEqual(["0 close 1001 bye", "10000 terminate"]);
  });

  it("stops reading with 17 messages in its queue, and goes on with 4", () => {
    const notes = noted(function* (connection, wire) {
      for (let n = 1; n <= 20; n += 1) {
        yield* sleep(1);
        wire.events.message(String(n));
      }
      for (let n = 1; n <= 20; n += 1) {
        yield* sleep(1);
        expect(yield* connection.recv()).toBe(String(n));
      }
      wire.terminate();
    });
    expect(notes).toEqual(["17 pause", "36 resume", "40 terminate"]);
  });

  it("waits to send with more than 32 KiB unsent, until 8 KiB are left", () => {
    const notes = noted(function* (connection, wire) {
      const flushing = createTask(
        (function* () {
          for (const size of [10_000, 20_000, 10_000]) {
            yield* sleep(10);
            wire.flush(size);
          }
        })(),
      );
      for (const size of [10_000, 20_000, 10_000, 5]) yield* connection.send("x".repeat(size));
      yield* flushing;
      wire.terminate();
    });
    expect(notes).toEqual(["0 send 10000", "0 send 20000", "0 send 10000", "30 send 5", "30 terminate"]);
  });

  it("goes on to send when all messages have gone, whatever else waits", () => {
    const notes = noted(
      function* (connection, wire) {
        wire.bufferedAmount = 6; // a pong's
        getRunningLoop().callLater(10, () => wire.flush(5));
        yield* connection.send("x".repeat(5));
        wire.terminate();
      },
      { writeLimit: 1 },
    );
    expect(notes).toEqual(["0 send 5", "10 terminate"]);
  });
});

describe("a server", () => {
  it("serves what another host's carrier brings", () => {
    const trace = runSync(function* () {
      const said: string[] = [];
      let acceptor: WireAcceptor | null = null;
      webSockets.set({
        connect: () => new NotingWire(),
        listen: (_host, port, _settings, given) => {
          acceptor = given;
          getRunningLoop().callSoon(() => given.listening(port, "noted"));
          return { close: () => void said.push("it listens no more") };
        },
      });
      const server = yield* serve(
        function* (connection) {
          said.push(String(yield* connection.recv()));
        },
        "noted",
        80,
      );
      const wire = new NotingWire();
      wire.events = acceptor!.accept(wire, "a client");
      wire.events.open(facts);
      wire.events.message("hello");
      yield* sleep(1);
      yield* server.close();
      return [...said, ...wire.notes];
    });
    expect(trace).toEqual(["hello", "it listens no more", "0 close 1000 ", "10000 terminate"]);
  });
});
