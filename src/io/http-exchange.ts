import type { TimerHandle } from "../loop/handle.ts";
import type { EventLoop } from "../loop/event-loop.ts";
import { Body } from "./http-body.ts";
import type { Decoder, Decoding } from "./http-decoder.ts";
import { PayloadError, type Progress, type TimeoutPhase, requestError, requestTimeout } from "./http-errors.ts";
import type { Origin } from "./http-origin.ts";
import type { ClientRequest } from "./http-request.ts";
import type { Deadlines } from "./http-timeouts.ts";
import { Upload } from "./http-upload.ts";
import type { IncomingHeaders, RequestController, RequestEvents } from "./http-wire.ts";
import { IoWait } from "./io-wait.ts";

/** @internal The answer, but for its body. */
export interface ResponseHead {
  readonly status: number;
  readonly statusText: string;
  readonly headers: IncomingHeaders;
}

/** @internal */
export interface ExchangeOptions {
  readonly loop: EventLoop;
  readonly request: ClientRequest;
  readonly origin: Origin;
  readonly decoding: Decoding;
  readonly deadlines: Deadlines;
  /** The connection is free for the next request, or gone. */
  readonly onOver: (exchange: ClientExchange) => void;
}

/**
 * One request on its way, and what comes back. Its carrier calls it, outside of the loop's iterations; tasks wait for `head`
 * and read `body`.
 *
 * @internal
 */
export class ClientExchange implements RequestEvents {
  readonly head: IoWait<ResponseHead>;
  readonly body: Body;
  readonly #loop: EventLoop;
  readonly #request: ClientRequest;
  readonly #deadlines: Deadlines;
  readonly #onOver: (exchange: ClientExchange) => void;
  readonly origin: Origin;
  readonly #decoding: Decoding;
  readonly #timers = new Map<TimeoutPhase, TimerHandle>();
  #progress: Progress = "connecting";
  // Whether all of the answer has arrived.
  #arrived = false;
  // Whether the connection is not ours any more.
  #over = false;
  // Whether it has failed, or was given up.
  #failed = false;
  #controller: RequestController | null = null;
  #opened: { destroy(reason: Error): void } | null = null;
  #upload: Upload | null = null;
  #decoder: Decoder | null = null;
  #decoderIsFull = false;
  #readerIsFull = false;
  #received = 0;

  constructor({ loop, request, origin, decoding, deadlines, onOver }: ExchangeOptions) {
    this.#loop = loop;
    this.#request = request;
    this.origin = origin;
    this.#decoding = decoding;
    this.#deadlines = deadlines;
    this.#onOver = onOver;
    this.head = new IoWait("ClientSession.request", loop);
    this.body = new Body("ClientResponse.chunk", loop, {
      pause: () => this.#readerFull(true),
      resume: () => this.#readerFull(false),
    });
  }

  /** Sends the request, as soon as there is a connection. */
  begin(): void {
    const { total, connect } = this.#deadlines;
    if (this.#request.stream !== null) this.#upload = new Upload(this.#loop, this.#request.stream);
    this.#limit("total", total);
    this.#limit("connect", connect);
    this.origin.send(
      this.#request.outgoing(this.#upload, (attempt) => this.#connecting(attempt)),
      this,
    );
  }

  /** At once; or later, when the connection that had been kept for it is found to be closed. */
  #connecting(attempt: { destroy(reason: Error): void }): void {
    this.#opened = attempt;
    if (this.#failed) attempt.destroy(new Error("The request was given up."));
    else this.#limit("socketConnect", this.#loop.time() + this.#deadlines.socketConnect);
  }

  /** Whether closing it now, unread, closes a connection that others could use. */
  get wastesConnection(): boolean {
    return !this.#arrived;
  }

  /** Whether it was sent on a connection that had served others before, and nothing came back: it may have been too late. */
  get mayHaveComeTooLate(): boolean {
    return this.#opened === null && this.#progress === "waiting for the answer";
  }

  // ---- timeouts

  #limit(phase: TimeoutPhase, deadline: number): void {
    this.#timers.get(phase)?.cancel();
    if (deadline === Infinity || this.#arrived || this.#failed) return;
    const expire = (): void => this.fail(requestTimeout(this.#request.target, phase, this.#deadlines.durations[phase]));
    this.#timers.set(phase, this.#loop.callAt(deadline, expire));
  }

  /** Something has come, or the reader has room again: the time in which nothing comes begins anew. */
  #limitRead(): void {
    const { read } = this.#deadlines;
    if (read !== Infinity && !this.#isFull) this.#limit("read", this.#loop.time() + read);
  }

  #stopTimers(): void {
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
  }

  // ---- what its carrier tells

  onRequestStart(controller: RequestController): void {
    if (this.#failed) {
      controller.abort(new Error("The request was given up."));
      return;
    }
    this.#controller = controller;
    this.#progress = "waiting for the answer";
    for (const phase of ["connect", "socketConnect"] as const) this.#timers.get(phase)?.cancel();
    this.#limitRead();
  }

  onResponseStart(_controller: unknown, status: number, headers: IncomingHeaders, statusText: string = ""): void {
    if (this.#failed || status < 200) return;
    this.#progress = "receiving the answer";
    this.#limitRead();
    if (this.#request.method !== "HEAD") this.#decoder = this.#decoderFor(headers["content-encoding"]);
    this.head.succeed({ status, statusText, headers });
  }

  onResponseData(_controller: unknown, chunk: Uint8Array): void {
    if (this.#failed) return;
    this.#limitRead();
    if (this.#decoder === null) this.#receive(chunk);
    else if (!this.#decoder.write(chunk)) {
      this.#decoderIsFull = true;
      this.#steer();
    }
  }

  onResponseEnd(): void {
    this.#arrived = true;
    this.#stopTimers();
    this.origin.whenFree(() => {
      this.#leave();
      if (this.#failed) return;
      if (this.#decoder === null) this.body.finish();
      else this.#decoder.end();
    });
  }

  onResponseError(_controller: unknown, cause: Error): void {
    if (this.#failed) {
      this.#leave();
      return;
    }
    const { target, url } = this.#request;
    this.#controller = null;
    this.fail(this.#upload?.error ?? requestError(target, url, cause, this.#progress));
  }

  // ---- the body

  #decoderFor(encoding: string | string[] | undefined): Decoder | null {
    if (typeof encoding !== "string") return null;
    return this.#decoding(encoding, {
      data: (chunk) => this.#receive(chunk),
      end: () => this.body.finish(),
      error: (cause) => this.#refuse(`is not ${encoding}, as it says it is: ${cause.message}`, cause),
      drain: () => {
        this.#decoderIsFull = false;
        this.#steer();
      },
    });
  }

  #receive(chunk: Uint8Array): void {
    if (this.#failed) return;
    const { maxResponseSize } = this.#request;
    this.#received += chunk.length;
    if (this.#received > maxResponseSize) this.#refuse(`is larger than maxResponseSize: ${maxResponseSize} bytes`);
    else this.body.push(chunk);
  }

  #refuse(what: string, cause?: Error): void {
    const { target } = this.#request;
    const { code } = (cause ?? {}) as { code?: string };
    this.fail(new PayloadError(`${target}: the body ${what}.`, { target, code, cause }));
  }

  #readerFull(full: boolean): void {
    this.#readerIsFull = full;
    if (this.#decoder === null) this.#steer();
    else if (full) this.#decoder.pause();
    else this.#decoder.resume();
  }

  get #isFull(): boolean {
    return this.#decoderIsFull || (this.#decoder === null && this.#readerIsFull);
  }

  /** Whoever cannot take more slows down who sends it. */
  #steer(): void {
    if (this.#arrived || this.#controller === null) return;
    if (this.#isFull) {
      // That nothing comes now is not the server's doing.
      this.#timers.get("read")?.cancel();
      this.#controller.pause();
    } else {
      this.#limitRead();
      this.#controller.resume();
    }
  }

  // ---- the end

  /** Gives it up: whoever waits is thrown `error`, and the connection is closed, unless it serves others by now. */
  fail(error: unknown): void {
    if (this.#failed) return;
    this.#failed = true;
    this.#stopTimers();
    this.head.failQuietly(error);
    this.body.fail(error);
    this.#decoder?.destroy();
    this.#upload?.cancel();
    if (this.#arrived) return;
    const reason = error instanceof Error ? error : new Error(String(error));
    if (this.#controller !== null) this.#controller.abort(reason);
    else if (this.#progress === "connecting") this.#opened?.destroy(reason);
    this.#leave();
  }

  #leave(): void {
    if (this.#over) return;
    this.#over = true;
    this.#stopTimers();
    this.#upload?.cancel();
    this.#onOver(this);
  }
}
