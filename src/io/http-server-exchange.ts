import { RuntimeError } from "../loop/errors.ts";
import type { EventLoop } from "../loop/event-loop.ts";
import { type Coroutine, describeMistake, isCoroutine } from "../future/awaitable.ts";
import { isCancelled } from "../future/errors.ts";
import { coroutine } from "../task/coroutine.ts";
import { createTask } from "../task/create-task.ts";
import type { Task } from "../task/task.ts";
import { toBytes } from "./bytes.ts";
import { HttpError, ServerDisconnectedError } from "./http-errors.ts";
import { type ServerRequest, WireRequest } from "./http-server-request.ts";
import type { BodyProducer, BodyWriter } from "./http-upload.ts";
import type { ServerWire, ServerWireEvents } from "./http-wire.ts";
import { IoWait } from "./io-wait.ts";

/** What a handler answers. One of `body`, `json` and `stream`, or none. */
export interface ServerResponse {
  /** Default 200. */
  status?: number;
  headers?: Record<string, string>;
  /** Headers `Set-Cookie`. */
  setCookies?: readonly string[];
  body?: string | Uint8Array;
  /** Is sent as JSON. */
  json?: unknown;
  /** Writes the body while it is sent. */
  stream?: BodyProducer;
}

/** Answers a request. It runs as a task of its own, which is cancelled when the client leaves. */
export type Handler = (request: ServerRequest) => Coroutine<ServerResponse>;

/** @internal */
export interface ServerExchangeOptions {
  readonly loop: EventLoop;
  readonly wire: ServerWire;
  readonly handler: Handler;
  readonly bodyLimit: number;
  /** Its handler has ended, and the response is sent or given up. */
  readonly onOver: (exchange: ServerExchange) => void;
}

/** @internal A request that a server answers, from its arrival to the end of the response. */
export class ServerExchange implements BodyWriter, ServerWireEvents {
  readonly #loop: EventLoop;
  readonly #request: WireRequest;
  readonly #wire: ServerWire;
  readonly #handler: Handler;
  readonly #onOver: (exchange: ServerExchange) => void;
  #task: Task<void> | null = null;
  #isClosed = false;
  #isCancelled = false;
  // Those who wait to write on; made for the first, as few do.
  #writers: Set<IoWait> | null = null;

  static {
    for (const method of ["write"] as const) coroutine(this.prototype[method]);
  }

  constructor({ loop, wire, handler, bodyLimit, onOver }: ServerExchangeOptions) {
    this.#loop = loop;
    this.#request = new WireRequest(wire, loop, bodyLimit);
    this.#wire = wire;
    this.#handler = handler;
    this.#onOver = onOver;
  }

  // ---- what a wire tells

  data(chunk: Uint8Array): void {
    this.#request.data(chunk);
  }

  ended(): void {
    this.#request.ended();
  }

  interrupted(cause?: Error): void {
    this.#request.interrupted(cause);
  }

  drained(): void {
    for (const writer of this.#writers ?? []) writer.succeed();
  }

  /** The response is sent; or the client has left, and nobody wants it. */
  closed(): void {
    this.#isClosed = true;
    if (this.#loop.isClosed() || this.#task === null) return;
    if (this.#task.done()) this.#onOver(this);
    else this.#loop.callSoonThreadsafe(() => this.cancel());
  }

  // ---- from its arrival to its end

  /** Calls the handler, in an iteration of the loop. */
  begin(): void {
    if (this.#isClosed || this.#isCancelled) {
      this.#wire.destroy();
      this.#onOver(this);
      return;
    }
    const task = createTask(this.#answer(), { loop: this.#loop });
    this.#task = task;
    task.addDoneCallback(() => this.#answered(task));
  }

  /** The server is closing: this connection serves nobody else. */
  beLast(): void {
    this.#wire.beLast();
  }

  /** Nobody wants the answer any more. A handler is told once: it may clean up. */
  cancel(): void {
    if (this.#isCancelled) return;
    this.#isCancelled = true;
    this.#task?.cancel();
  }

  #answered(task: Task<void>): void {
    // Somebody cancelled the handler, and the client waits for an answer.
    if (task.cancelled()) this.#sendFailure();
    else if (task.exception() !== null) this.#report(task.exception(), task);
    this.#request.drop();
    if (this.#isClosed) this.#onOver(this);
  }

  // ---- the handler's task

  *#answer(): Coroutine<void> {
    try {
      const response: unknown = yield* this.#callHandler();
      checkResponse(response);
      const [body, contentType] = readBody(response);
      this.#begin(response, contentType, body === null ? null : sizeOf(body));
      if (response.stream !== undefined) yield* response.stream(this);
      this.#wire.end(body ?? undefined);
    } catch (error) {
      if (isCancelled(error)) throw error;
      this.#sendError(error);
    }
  }

  #callHandler(): Coroutine<unknown> {
    const coro: unknown = this.#handler(this.#request);
    if (!isCoroutine(coro)) {
      throw new TypeError(`serve: the handler gave ${describeMistake(coro)}; a coroutine was expected.`);
    }
    return coro;
  }

  #begin({ status = 200, headers, setCookies }: ServerResponse, contentType: string | null, length: number | null) {
    const head: Record<string, string | number | readonly string[]> = {};
    const hasBody = status !== 204 && status !== 304;
    if (contentType !== null && hasBody) head["content-type"] = contentType;
    if (length !== null && hasBody) head["content-length"] = length;
    if (setCookies !== undefined) head["set-cookie"] = setCookies;
    if (headers !== undefined) replace(head, headers);
    this.#wire.writeHead(status, head);
  }

  /** What a streaming response writes to. */
  *write(data: Uint8Array | string): Coroutine<void> {
    const bytes = toBytes("BodyWriter.write", data);
    const wire = this.#wire;
    if (wire.complete) throw new RuntimeError("BodyWriter.write: the body is complete already.");
    if (wire.write(bytes) || wire.gone) return;
    const room = new IoWait("BodyWriter.write", this.#loop);
    const writers = (this.#writers ??= new Set());
    writers.add(room);
    try {
      yield* room;
    } finally {
      writers.delete(room);
    }
  }

  // ---- errors

  #sendError(error: unknown): void {
    if (!(error instanceof HttpError) || this.#wire.headersSent) {
      this.#sendFailure();
      throw error;
    }
    this.#sendText(error.status, error.message);
  }

  /** 500; where it is too late for that, the client sees that the response is not complete. */
  #sendFailure(): void {
    const wire = this.#wire;
    if (wire.complete || wire.gone) return;
    if (wire.headersSent) wire.destroy();
    else this.#sendText(500, "500 Internal Server Error");
  }

  #sendText(status: number, text: string): void {
    this.#begin({ status }, "text/plain; charset=utf-8", sizeOf(text));
    this.#wire.end(text);
  }

  #report(exception: unknown, task: Task<void>): void {
    // The client left, and its handler noticed while it was reading.
    if (this.#isClosed && exception instanceof ServerDisconnectedError) return;
    const message = `Unhandled exception in the handler of ${this.#request.toString()}`;
    this.#loop.callExceptionHandler({ message, exception, task });
  }

  /** Who asks, by connection. */
  get client(): string {
    return this.#wire.client;
  }

  /** Who is asked, for what: `GET /`. */
  toString(): string {
    return this.#request.toString();
  }
}

/** What is given takes the place of what has its name, however that is spelled. */
function replace(head: Record<string, unknown>, given: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(given)) {
    delete head[name.toLowerCase()];
    head[name] = value;
  }
}

function checkResponse(response: unknown): asserts response is ServerResponse {
  if (typeof response === "object" && response !== null) return;
  const mistake = response === undefined ? "nothing" : describeMistake(response);
  throw new TypeError(
    `serve: the handler's coroutine returned ${mistake}; a response was expected: { status, headers, body }.`,
  );
}

/** Null: it is streamed. Text stays text: it goes out in one piece with the head. (bench:io: "http-get") */
function readBody({
  body,
  json,
  stream,
}: ServerResponse): [body: Uint8Array | string | null, contentType: string | null] {
  const given = Number(body !== undefined) + Number(json !== undefined) + Number(stream !== undefined);
  if (given > 1) throw new TypeError("serve: a response has one body: body, json or stream.");
  if (stream !== undefined) return [null, "application/octet-stream"];
  if (json !== undefined) return [toText(json), "application/json; charset=utf-8"];
  if (body === undefined) return ["", null];
  if (typeof body === "string") return [body, "text/plain; charset=utf-8"];
  return [toBytes("serve: a response's body", body), "application/octet-stream"];
}

function toText(json: unknown): string {
  const text = JSON.stringify(json) as string | undefined;
  if (text === undefined) throw new TypeError(`serve: a response's json cannot be ${describeMistake(json)}.`);
  return text;
}

function sizeOf(body: Uint8Array | string): number {
  return typeof body === "string" ? Buffer.byteLength(body) : body.length;
}
