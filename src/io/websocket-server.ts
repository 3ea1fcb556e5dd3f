import { type Context, copyContext } from "../loop/context.ts";
import { RuntimeError } from "../loop/errors.ts";
import type { EventLoop } from "../loop/event-loop.ts";
import { type Awaitable, type Coroutine, describeMistake, isCoroutine } from "../future/awaitable.ts";
import { isCancelled } from "../future/errors.ts";
import { coroutine } from "../task/coroutine.ts";
import { createTask } from "../task/create-task.ts";
import { currentTask } from "../task/current-task.ts";
import { Instantly } from "../task/instantly.ts";
import type { ContextManager } from "../task/using.ts";
import { IoWait } from "./io-wait.ts";
import { type OpenResource, forget, remember } from "./open-resources.ts";
import { checkClose } from "./websocket-close.ts";
import { Connection } from "./websocket-connection.ts";
import type { WebSocketSettings } from "./websocket-options.ts";
import type { Wire, WireAcceptor, WireEvents } from "./websocket-wire.ts";

/** What is called with every connection. When it has ended, its connection is closed: with 1011, when it threw. */
export type WebSocketHandler = (connection: Connection) => Coroutine<void>;

/** @internal */
export interface WebSocketServerOptions {
  readonly loop: EventLoop;
  readonly handler: WebSocketHandler;
  readonly settings: WebSocketSettings;
}

/**
 * Accepts WebSocket connections, and runs a handler for each. `using(server, body)` closes it at the end of the body.
 *
 * @see Python's `websockets.asyncio.server.Server`
 */
export class WebSocketServer implements ContextManager<WebSocketServer>, WireAcceptor, OpenResource {
  readonly #loop: EventLoop;
  readonly #handler: WebSocketHandler;
  readonly #settings: WebSocketSettings;
  // What its handlers run in: copies of what the server was started in.
  readonly #context: Context = copyContext();
  readonly #connections = new Set<Connection>();
  readonly #waiters = new Set<IoWait>();
  #state: "starting" | "serving" | "closed" = "starting";
  #listener: { close(): void } | null = null;
  #forever: IoWait<never> | null = null;
  #port = 0;
  #name = "";
  /** @internal When it listens. */
  readonly started: IoWait;

  static {
    for (const method of ["serveForever", "close", "exit"] as const) coroutine(this.prototype[method]);
  }

  /** @internal Made by serve. */
  constructor({ loop, handler, settings }: WebSocketServerOptions) {
    this.#loop = loop;
    this.#handler = handler;
    this.#settings = settings;
    this.started = new IoWait("serve", loop);
  }

  /** @internal */
  attach(listener: { close(): void }): void {
    this.#listener = listener;
    remember(this.#loop, this);
  }

  // ---- what a host tells

  /** @internal */
  listening(port: number, name: string): void {
    if (this.#state !== "starting") return;
    this.#state = "serving";
    this.#port = port;
    this.#name = name;
    this.started.succeed();
  }

  /** @internal */
  failed(error: Error): void {
    if (this.#state === "starting") {
      this.stop();
      this.started.failQuietly(error);
    } else if (this.#state === "serving") {
      this.#loop.callExceptionHandler({ message: "A connection could not be accepted", exception: error });
    }
  }

  /** @internal The host tells it outside of an iteration; the program is told inside of one. */
  accept(wire: Wire, target: string): WireEvents {
    const connection = new Connection({ loop: this.#loop, target, settings: this.#settings });
    connection.attach(wire);
    this.#connections.add(connection);
    this.#loop.callSoonThreadsafe(() => this.#context.copy().run(() => this.#begin(connection)));
    return connection;
  }

  // ---- each connection

  #begin(connection: Connection): void {
    if (this.#state === "closed") connection.startClosing(1001, "");
    const task = createTask(this.#serve(connection), { loop: this.#loop });
    task.addDoneCallback(() => {
      // It may have been cancelled before its first step.
      connection.startClosing(1001, "");
      this.#connections.delete(connection);
      if (this.#connections.size === 0) for (const waiter of this.#waiters) waiter.succeed();
    });
  }

  *#serve(connection: Connection): Coroutine<void> {
    try {
      yield* this.#handle(connection);
    } catch (error) {
      if (isCancelled(error)) throw error;
      this.#loop.callExceptionHandler({
        message: "Unhandled exception in a WebSocket handler",
        exception: error,
        task: currentTask()!,
      });
      connection.startClosing(1011, "");
    }
    yield* connection.close();
  }

  *#handle(connection: Connection): Coroutine<void> {
    const coro: unknown = this.#handler(connection);
    if (!isCoroutine(coro)) {
      throw new TypeError(`serve: the handler gave ${describeMistake(coro)}; a coroutine was expected.`);
    }
    yield* coro;
  }

  // ---- serving

  /** The port it listens on: the one that was chosen when 0 was asked for. */
  get port(): number {
    return this.#port;
  }

  /** Those that are connected, and whose handlers have not ended. */
  get connections(): ReadonlySet<Connection> {
    return this.#connections;
  }

  /**
   * Waits for ever. Cancelled, or when somebody closes the server, it closes it, waits until its handlers have ended, and
   * throws CancelledError.
   *
   * @throws {RuntimeError} When the server is closed, or somebody else waits here already.
   */
  *serveForever(): Coroutine<never> {
    if (this.#state === "closed") throw new RuntimeError(`${this.toString()} is closed.`);
    if (this.#forever !== null) throw new RuntimeError(`${this.toString()}: another task is in serveForever already.`);
    this.#forever = new IoWait<never>("WebSocketServer.serveForever", this.#loop);
    try {
      return yield* this.#forever;
    } catch (error) {
      if (isCancelled(error)) yield* this.close();
      throw error;
    } finally {
      this.#forever = null;
    }
  }

  /**
   * Accepts no more connections, closes those that there are, and waits until their handlers have ended. A handler learns
   * of it by ConnectionClosed, in what it does next with its connection. Cancelled, it drops the connections at once.
   *
   * @param code - Default: 1001 (going away).
   */
  *close(code: number = 1001, reason: string = ""): Coroutine<void> {
    checkClose("WebSocketServer.close", { code, reason });
    this.stop();
    for (const connection of this.#connections) connection.startClosing(code, reason);
    try {
      yield* this.#handlersEnded();
    } catch (error) {
      for (const connection of this.#connections) connection.terminate();
      throw error;
    }
  }

  *#handlersEnded(): Coroutine<void> {
    if (this.#connections.size === 0) return;
    const waiter = new IoWait("WebSocketServer.close", this.#loop);
    this.#waiters.add(waiter);
    try {
      yield* waiter;
    } finally {
      this.#waiters.delete(waiter);
    }
  }

  /** @internal Accepts no more. */
  stop(): void {
    this.#state = "closed";
    this.#listener?.close();
    this.#forever?.cancel();
    forget(this.#loop, this);
  }

  enter(): Awaitable<WebSocketServer> {
    return new Instantly("WebSocketServer.enter", () => this);
  }

  *exit(_error?: unknown): Coroutine<void> {
    yield* this.close();
  }

  /** @internal */
  abandon(): boolean {
    this.stop();
    return true;
  }

  toString(): string {
    return `<WebSocketServer ${this.#state}${this.#name === "" ? "" : ` ${this.#name}`}>`;
  }
}
