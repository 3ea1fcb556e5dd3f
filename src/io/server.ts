import type { Context } from "../loop/context.ts";
import { copyContext } from "../loop/context.ts";
import { RuntimeError } from "../loop/errors.ts";
import type { EventLoop } from "../loop/event-loop.ts";
import { type Awaitable, type Coroutine, describeMistake, isCoroutine } from "../future/awaitable.ts";
import { isCancelled } from "../future/errors.ts";
import { coroutine } from "../task/coroutine.ts";
import { createTask } from "../task/create-task.ts";
import { Instantly } from "../task/instantly.ts";
import type { Task } from "../task/task.ts";
import type { ContextManager } from "../task/using.ts";
import { IoWait } from "./io-wait.ts";
import { type Acceptor, type Listener, type SocketName, describeName } from "./network.ts";
import { type OpenResource, forget, remember } from "./open-resources.ts";
import { StreamReader } from "./stream-reader.ts";
import { StreamReaderProtocol } from "./stream-protocol.ts";
import { StreamWriter } from "./stream-writer.ts";
import type { Protocol, Transport } from "./transport.ts";

/** What is called with every connection that a server accepts. A coroutine runs as a task of its own. */
export type OnConnection = (reader: StreamReader, writer: StreamWriter) => Coroutine<void> | void;

/** @internal */
export interface ServerOptions {
  readonly loop: EventLoop;
  readonly onConnection: OnConnection;
  readonly limit: number | undefined;
}

/**
 * Accepts connections. `using(server, body)` closes it at the end of the body, and waits until its connections are closed.
 *
 * @example
 * const server = yield* startServer(function* (_reader, writer) {
 *   writer.write("welcome");
 *   writer.close();
 * }, "127.0.0.1", 0);
 * yield* using(server, function* () {
 *   const [reader, writer] = yield* openConnection("127.0.0.1", server.port);
 *   print(new TextDecoder().decode(yield* reader.read())); //=> "welcome"
 *   writer.close();
 * });
 * print(server.isServing()); //=> false
 * @see CPython 3.13 `asyncio.Server`
 */
export class Server implements ContextManager<Server>, Acceptor, OpenResource {
  readonly #loop: EventLoop;
  readonly #onConnection: OnConnection;
  readonly #limit: number | undefined;
  // What its connections' tasks run in: copies of what the server was started in.
  readonly #context: Context = copyContext();
  readonly #clients = new Set<Transport>();
  readonly #waiters = new Set<IoWait>();
  #state: "starting" | "serving" | "closed" = "starting";
  #listener: Listener | null = null;
  #names: readonly SocketName[] = [];
  #forever: IoWait<never> | null = null;
  /** @internal When it listens. */
  readonly started: IoWait;

  static {
    for (const method of ["serveForever", "waitClosed", "exit"] as const) coroutine(this.prototype[method]);
  }

  /** @internal Made by startServer. */
  constructor({ loop, onConnection, limit }: ServerOptions) {
    this.#loop = loop;
    this.#onConnection = onConnection;
    this.#limit = limit;
    this.started = new IoWait("startServer", loop);
  }

  /** @internal */
  attach(listener: Listener): void {
    this.#listener = listener;
    remember(this.#loop, this);
  }

  // ---- what a host tells

  /** @internal */
  listening(names: readonly SocketName[]): void {
    this.#names = names;
    if (this.#state === "starting") this.#state = "serving";
    this.started.succeed();
  }

  /** @internal */
  failed(error: Error): void {
    if (this.#state === "starting") {
      this.close();
      this.started.failQuietly(error);
    } else if (this.#state === "serving") {
      this.#loop.callExceptionHandler({ message: "A connection could not be accepted", exception: error });
    }
  }

  /** @internal */
  accept(): Protocol {
    const reader = new StreamReader({ loop: this.#loop, ...(this.#limit === undefined ? {} : { limit: this.#limit }) });
    return new ServerProtocol(this, reader, this.#loop);
  }

  /** @internal The host tells it outside of an iteration; the program is told inside of one. */
  connectionMade(transport: Transport, protocol: StreamReaderProtocol): void {
    this.#clients.add(transport);
    const writer = new StreamWriter(transport, protocol);
    this.#loop.callSoonThreadsafe(() => this.#context.copy().run(() => this.#serve(protocol.reader, writer)));
  }

  /** @internal */
  connectionLost(transport: Transport): void {
    this.#clients.delete(transport);
    this.#wakeIfOver();
  }

  // ---- each connection

  #serve(reader: StreamReader, writer: StreamWriter): void {
    try {
      const coro: unknown = this.#onConnection(reader, writer);
      if (coro === undefined) return;
      if (!isCoroutine(coro)) {
        throw new TypeError(`startServer: onConnection gave ${describeMistake(coro)}; a coroutine was expected.`);
      }
      const task = createTask(coro, { loop: this.#loop });
      task.addDoneCallback(() => this.#served(task, writer));
    } catch (error) {
      this.#report(error);
      writer.close();
    }
  }

  #served(task: Task<unknown>, writer: StreamWriter): void {
    const error = task.cancelled() ? null : task.exception();
    if (error !== null) this.#report(error, task);
    if (error !== null || task.cancelled()) writer.close();
  }

  #report(exception: unknown, task?: Task<unknown>): void {
    this.#loop.callExceptionHandler({
      message: "Unhandled exception in onConnection",
      exception,
      ...(task === undefined ? {} : { task }),
    });
  }

  // ---- serving

  /** The port it listens on: the one that was chosen when 0 was asked for. 0 on a Unix socket. */
  get port(): number {
    const name = this.#names[0];
    return name === undefined || typeof name === "string" ? 0 : name[1];
  }

  /** Where it listens: host and port, or the path of a Unix socket. Nowhere, once it is closed. */
  get addresses(): readonly SocketName[] {
    return this.#state === "serving" ? this.#names : [];
  }

  /** Whether it accepts connections. */
  isServing(): boolean {
    return this.#state === "serving";
  }

  getLoop(): EventLoop {
    return this.#loop;
  }

  /**
   * Waits for ever. Cancelled, or when somebody closes the server, it closes it, waits until its connections are closed,
   * and throws CancelledError.
   *
   * @throws {RuntimeError} When the server is closed, or somebody else waits here already.
   */
  *serveForever(): Coroutine<never> {
    if (this.#forever !== null)
      throw new RuntimeError(`${this.toString()} is already being awaited on serveForever().`);
    if (this.#state === "closed") throw new RuntimeError(`${this.toString()} is closed.`);
    this.#forever = new IoWait<never>("Server.serveForever", this.#loop);
    try {
      return yield* this.#forever;
    } catch (error) {
      if (isCancelled(error)) {
        this.close();
        yield* this.waitClosed();
      }
      throw error;
    } finally {
      this.#forever = null;
    }
  }

  /** Accepts no more connections. Those that are open stay open. */
  close(): void {
    if (this.#state === "closed") return;
    this.#state = "closed";
    this.#listener?.close();
    forget(this.#loop, this);
    this.#forever?.cancel();
    this.#forever = null;
    this.#wakeIfOver();
  }

  /** Closes every connection, after what was written to it has gone. */
  closeClients(): void {
    for (const client of this.#clients) client.close();
  }

  /** Closes every connection, now. */
  abortClients(): void {
    for (const client of this.#clients) client.abort();
  }

  /** Waits until the server is closed and all its connections are. */
  *waitClosed(): Coroutine<void> {
    if (this.#isOver()) return;
    const waiter = new IoWait("Server.waitClosed", this.#loop);
    this.#waiters.add(waiter);
    try {
      yield* waiter;
    } finally {
      this.#waiters.delete(waiter);
    }
  }

  #isOver(): boolean {
    return this.#state === "closed" && this.#clients.size === 0;
  }

  #wakeIfOver(): void {
    if (this.#isOver()) for (const waiter of this.#waiters) waiter.succeed();
  }

  enter(): Awaitable<Server> {
    return new Instantly("Server.enter", () => this);
  }

  /** Closes it, and waits until its connections are closed. */
  *exit(_error?: unknown): Coroutine<void> {
    this.close();
    yield* this.waitClosed();
  }

  /** @internal */
  abandon(): boolean {
    this.#state = "closed";
    this.#listener?.close();
    return true;
  }

  toString(): string {
    const where = this.#names.map(describeName).join(", ");
    return `<Server ${this.#state}${where === "" ? "" : ` ${where}`}>`;
  }
}

/** A protocol whose connection is a client of a server. */
class ServerProtocol extends StreamReaderProtocol {
  override readonly serverSide: boolean = true;
  readonly #server: Server;
  #transport: Transport | null = null;

  constructor(server: Server, reader: StreamReader, loop: EventLoop) {
    super(reader, loop);
    this.#server = server;
  }

  override connectionMade(transport: Transport): void {
    super.connectionMade(transport);
    this.#transport = transport;
    this.#server.connectionMade(transport, this);
  }

  override connectionLost(error: Error | null): void {
    super.connectionLost(error);
    if (this.#transport !== null) this.#server.connectionLost(this.#transport);
  }
}
