import type { IncomingMessage, ServerResponse as NodeResponse } from "node:http";
import type { Socket } from "node:net";
import { RuntimeError } from "../loop/errors.ts";
import type { EventLoop } from "../loop/event-loop.ts";
import { type Coroutine, describeMistake, isCoroutine } from "../future/awaitable.ts";
import { isCancelled } from "../future/errors.ts";
import { coroutine } from "../task/coroutine.ts";
import { createTask } from "../task/create-task.ts";
import type { Task } from "../task/task.ts";
import { toBytes } from "./bytes.ts";
import { HttpError, ServerDisconnectedError } from "./http-errors.ts";
import { NodeRequest, type ServerRequest } from "./http-server-request.ts";
import type { BodyProducer, BodyWriter } from "./http-upload.ts";
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
  readonly incoming: IncomingMessage;
  readonly outgoing: NodeResponse;
  readonly handler: Handler;
  readonly bodyLimit: number;
  /** Its handler has ended, and the response is sent or given up. */
  readonly onOver: () => void;
}

/** @internal A request that a server answers, from its arrival to the end of the response. */
export class ServerExchange implements BodyWriter {
  readonly #loop: EventLoop;
  readonly #request: NodeRequest;
  readonly #outgoing: NodeResponse;
  readonly #socket: Socket;
  readonly #handler: Handler;
  readonly #onOver: () => void;
  #task: Task<void> | null = null;
  #isClosed = false;
  #isCancelled = false;

  static {
    for (const method of ["write"] as const) coroutine(this.prototype[method]);
  }

  constructor({ loop, incoming, outgoing, handler, bodyLimit, onOver }: ServerExchangeOptions) {
    this.#loop = loop;
    this.#request = new NodeRequest(incoming, loop, bodyLimit);
    this.#outgoing = outgoing;
    this.#socket = incoming.socket;
    this.#handler = handler;
    this.#onOver = onOver;
    outgoing.on("error", () => {});
    outgoing.on("close", () => this.#closed());
  }

  /** Calls the handler, in an iteration of the loop. */
  begin(): void {
    if (this.#isClosed || this.#isCancelled) {
      this.#outgoing.destroy();
      this.#onOver();
      return;
    }
    const task = createTask(this.#answer(), { loop: this.#loop });
    this.#task = task;
    task.addDoneCallback(() => this.#answered(task));
  }

  /** The server is closing: this connection serves nobody else. */
  beLast(): void {
    this.#outgoing.shouldKeepAlive = false;
    this.#outgoing.on("finish", () => this.#socket.destroySoon());
  }

  /** Nobody wants the answer any more. A handler is told once: it may clean up. */
  cancel(): void {
    if (this.#isCancelled) return;
    this.#isCancelled = true;
    this.#task?.cancel();
  }

  /** The response is sent; or the client has left, and nobody wants it. */
  #closed(): void {
    this.#isClosed = true;
    if (this.#loop.isClosed() || this.#task === null) return;
    if (this.#task.done()) this.#onOver();
    else this.#loop.callSoonThreadsafe(() => this.cancel());
  }

  #answered(task: Task<void>): void {
    // Somebody cancelled the handler, and the client waits for an answer.
    if (task.cancelled()) this.#sendFailure();
    else if (task.exception() !== null) this.#report(task.exception(), task);
    this.#request.drop();
    if (this.#isClosed) this.#onOver();
  }

  // ---- the handler's task

  *#answer(): Coroutine<void> {
    try {
      yield* this.#send(yield* this.#callHandler());
    } catch (error) {
      if (isCancelled(error)) throw error;
      this.#sendError(error);
    }
  }

  *#callHandler(): Coroutine<ServerResponse> {
    const coro: unknown = this.#handler(this.#request);
    if (!isCoroutine(coro)) {
      throw new TypeError(`serve: the handler gave ${describeMistake(coro)}; a coroutine was expected.`);
    }
    const response: unknown = yield* coro;
    if (typeof response !== "object" || response === null) {
      const mistake = response === undefined ? "nothing" : describeMistake(response);
      throw new TypeError(
        `serve: the handler's coroutine returned ${mistake}; a response was expected: { status, headers, body }.`,
      );
    }
    return response;
  }

  *#send(response: ServerResponse): Coroutine<void> {
    const [body, contentType] = readBody(response);
    this.#begin(response, contentType, body?.length ?? null);
    if (response.stream !== undefined) yield* response.stream(this);
    if (body === null) this.#outgoing.end();
    else this.#outgoing.end(body);
  }

  #begin(
    { status = 200, headers = {}, setCookies }: ServerResponse,
    contentType: string | null,
    length: number | null,
  ) {
    const outgoing = this.#outgoing;
    const hasBody = status !== 204 && status !== 304;
    if (contentType !== null && hasBody) outgoing.setHeader("content-type", contentType);
    if (length !== null && hasBody) outgoing.setHeader("content-length", length);
    if (setCookies !== undefined) outgoing.setHeader("set-cookie", setCookies);
    for (const [name, value] of Object.entries(headers)) outgoing.setHeader(name, value);
    outgoing.writeHead(status);
  }

  /** What a streaming response writes to. */
  *write(data: Uint8Array | string): Coroutine<void> {
    const bytes = toBytes("BodyWriter.write", data);
    const outgoing = this.#outgoing;
    if (outgoing.writableEnded) throw new RuntimeError("BodyWriter.write: the body is complete already.");
    if (outgoing.write(bytes) || outgoing.destroyed) return;
    const room = new IoWait("BodyWriter.write", this.#loop);
    const tell = (): void => room.succeed();
    outgoing.once("drain", tell);
    try {
      yield* room;
    } finally {
      outgoing.removeListener("drain", tell);
    }
  }

  // ---- errors

  #sendError(error: unknown): void {
    if (!(error instanceof HttpError) || this.#outgoing.headersSent) {
      this.#sendFailure();
      throw error;
    }
    this.#sendText(error.status, error.message);
  }

  /** 500; where it is too late for that, the client sees that the response is not complete. */
  #sendFailure(): void {
    const outgoing = this.#outgoing;
    if (outgoing.writableEnded || outgoing.destroyed) return;
    if (outgoing.headersSent) outgoing.destroy();
    else this.#sendText(500, "500 Internal Server Error");
  }

  #sendText(status: number, text: string): void {
    for (const name of this.#outgoing.getHeaderNames()) this.#outgoing.removeHeader(name);
    const body = toBytes("serve", text);
    this.#begin({ status }, "text/plain; charset=utf-8", body.length);
    this.#outgoing.end(body);
  }

  #report(exception: unknown, task: Task<void>): void {
    // The client left, and its handler noticed while it was reading.
    if (this.#isClosed && exception instanceof ServerDisconnectedError) return;
    const message = `Unhandled exception in the handler of ${this.#request.toString()}`;
    this.#loop.callExceptionHandler({ message, exception, task });
  }

  /** Who is asked, for what: `GET /`. */
  toString(): string {
    return this.#request.toString();
  }
}

const NO_BYTES = new Uint8Array(0);

/** Null: it is streamed. */
function readBody({ body, json, stream }: ServerResponse): [body: Uint8Array | null, contentType: string | null] {
  if ([body, json, stream].filter((given) => given !== undefined).length > 1) {
    throw new TypeError("serve: a response has one body: body, json or stream.");
  }
  if (stream !== undefined) return [null, "application/octet-stream"];
  if (json !== undefined) return [toBytes("serve", JSON.stringify(json)), "application/json; charset=utf-8"];
  if (body === undefined) return [NO_BYTES, null];
  const contentType = typeof body === "string" ? "text/plain; charset=utf-8" : "application/octet-stream";
  return [toBytes("serve: a response's body", body), contentType];
}
