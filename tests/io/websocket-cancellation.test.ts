import { describe, expect, it } from "vitest";
import {
  type Coroutine,
  Event,
  Future,
  type Task,
  createTask,
  currentTask,
  gather,
  using,
  wait,
} from "../../src/index.ts";
import {
  type Connection,
  ConnectionClosed,
  type WebSocketOptions,
  type WebSocketServer,
  connect,
  serve,
} from "../../src/io/websocket.ts";
import { certificate } from "./carriers.ts";
import { type Canceller, cancelEverywhere, moments } from "./canceller.ts";
import { type Platform, platforms } from "./platforms.ts";
import { until } from "./run-io.ts";
import { echo } from "./websocket-peers.ts";

// A program that uses every operation is run again and again. Each run cancels one task at one of its suspension points;
// afterwards the program must have ended, a connection that is open must be of use, and have lost no message; and every
// socket must be closed, and every timer gone.

const LARGE = 4 * 2 ** 20;

interface Kind {
  readonly name: string;
  readonly url: (server: WebSocketServer) => string;
  readonly server: WebSocketOptions;
  readonly client: WebSocketOptions;
}

const kinds: readonly Kind[] = [
  { name: "ws", url: ({ port }) => `ws://127.0.0.1:${port}`, server: {}, client: {} },
  {
    name: "wss",
    url: ({ port }) => `wss://localhost:${port}`,
    server: { tls: certificate },
    client: { tls: { ca: certificate.cert } },
  },
];

/** A client's connection, and what was sent and must come back. */
class Talk {
  readonly #connection: Connection;
  readonly #outstanding: string[] = [];

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  *send(message: string): Coroutine<void> {
    this.#outstanding.push(message);
    yield* this.#connection.send(message);
  }

  *receive(how: "recv" | "next"): Coroutine<void> {
    // The end is null where the handler was cancelled: it says so then.
    const message = (yield* this.#connection[how]()) ?? (yield* this.#connection.recv());
    if (message !== this.#outstanding.shift()) throw new Error("a message was lost");
  }

  /** Receives all that is outstanding: it can still be used. */
  *receiveAll(): Coroutine<void> {
    yield* this.send("still there");
    while (this.#outstanding.length > 0) yield* this.receive("recv");
  }
}

function* talk(connection: Connection): Coroutine<void> {
  const talking = new Talk(connection);
  try {
    yield* talking.send("tick");
    yield* talking.receive("recv");
    yield* talking.send("tock");
    yield* talking.receive("next");
    yield* connection.ping();
    yield* talking.send("x".repeat(LARGE));
    yield* talking.receive("recv");
  } finally {
    if (!connection.closed) yield* talking.receiveAll();
  }
}

/** Two connections: one is used, and closed; the other is closed by the server, which is asked to stop. */
function* visit(url: string, options: WebSocketOptions, stop: Event): Coroutine<void> {
  yield* using(yield* connect(url, options), talk);
  const idle = yield* connect(url, options);
  stop.set();
  try {
    yield* idle.waitClosed();
  } finally {
    yield* idle.close();
  }
}

function* handler(connection: Connection): Coroutine<void> {
  currentTask()!.name = "handler";
  yield* echo(connection);
}

function* program({ url, server: serverOptions, client }: Kind): Coroutine<void> {
  const serving = new Future<WebSocketServer>();
  const stop = new Event();
  const sizes = { maxSize: 2 * LARGE };
  function* host(): Coroutine<void> {
    const server = yield* serve(handler, "127.0.0.1", 0, { ...serverOptions, ...sizes });
    if (!serving.done()) serving.setResult(server);
    try {
      yield* stop.wait();
    } finally {
      yield* server.close();
      yield* until(() => server.connections.size === 0);
    }
  }
  function* guest(): Coroutine<void> {
    const server = yield* serving;
    yield* visit(url(server), { ...client, ...sizes }, stop);
  }
  const tasks = [createTask(host(), { name: "server" }), createTask(guest(), { name: "client" })];
  const { pending } = yield* wait(tasks, { returnWhen: "FIRST_COMPLETED" });
  stop.set();
  if (tasks[0]!.cancelled()) for (const task of pending) task.cancel();
  yield* gather(tasks, { returnExceptions: true });
  for (const task of tasks) checkOutcome(task);
}

// When the other side was cancelled, this one hears that the connection is closed.
function checkOutcome(task: Task<void>): void {
  if (task.cancelled() || task.exception() instanceof ConnectionClosed) return;
  task.result();
}

const timers = (): number => process.getActiveResourcesInfo().filter((kind) => kind === "Timeout").length;

// The test runner has timers of its own, which pass.
async function timersBeyond(before: number): Promise<number> {
  for (let turn = 0; turn < 300 && timers() > before; turn += 1) {
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  return timers() - before;
}

async function attempt(kind: Kind, { look }: Platform, canceller: Canceller): Promise<string[]> {
  const before = timers();
  const { reports, leaked } = await look(() => program(kind), { instruments: [canceller.instrument] });
  const failures = reports.filter((report) => !/in a WebSocket handler: ConnectionClosed/.test(report));
  const left = await timersBeyond(before);
  return [
    ...failures,
    ...(leaked > 0 ? [`${leaked} sockets are still open`] : []),
    ...(left > 0 ? [`${left} timers are still set`] : []),
  ];
}

describe.each(platforms)("$name,", (platform) => {
  describe.each(kinds)("over $name", (kind) => {
    it.each(moments)("a task may be cancelled at every suspension point, %s", { timeout: 60_000 }, async (moment) => {
      const names = ["client", "server", "handler"];
      const { wrong, waits } = await cancelEverywhere(names, moment, (canceller) => attempt(kind, platform, canceller));
      expect(wrong).toEqual([]);
      for (const expected of [
        "server on serve",
        "server on WebSocketServer.close",
        "client on connect",
        "client on Connection.send",
        "client on Connection.recv",
        "client on Connection.next",
        "client on Connection.ping",
        "client on Connection.close",
        "handler on Connection.next",
        "handler on Connection.send",
      ]) {
        expect(waits).toContain(expected);
      }
    });
  });
});
