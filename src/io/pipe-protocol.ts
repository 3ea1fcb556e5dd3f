import type { EventLoop } from "../loop/event-loop.ts";
import { BrokenPipeError } from "./network-errors.ts";
import { StreamReader } from "./stream-reader.ts";
import { StreamReaderProtocol } from "./stream-protocol.ts";
import type { Transport } from "./transport.ts";

/** @internal What a PipeProtocol is made of. */
export interface PipeOptions {
  readonly loop: EventLoop;
  readonly limit: number | undefined;
  /** As errors name it: `the stdin of cat`. */
  readonly target: string;
  onLost(transport: Transport): void;
}

/**
 * A pipe to or from a subprocess: tells when it is gone.
 *
 * @internal
 * @see CPython 3.13 `asyncio.subprocess.SubprocessStreamProtocol`
 */
export class PipeProtocol extends StreamReaderProtocol {
  readonly #options: PipeOptions;
  #transport: Transport | null = null;
  #writingPaused = false;

  constructor(options: PipeOptions) {
    const { loop, limit } = options;
    super(new StreamReader({ loop, ...(limit === undefined ? {} : { limit }) }), loop);
    this.#options = options;
  }

  override connectionMade(transport: Transport): void {
    super.connectionMade(transport);
    this.#transport = transport;
  }

  /** Nothing goes the other way, so this is all. */
  override eofReceived(): void {
    super.eofReceived();
    this.#transport?.close();
  }

  override pauseWriting(): void {
    this.#writingPaused = true;
    super.pauseWriting();
  }

  override resumeWriting(): void {
    this.#writingPaused = false;
    super.resumeWriting();
  }

  // Node closes the stdin of a process that has ended without an error, even when not all of it has gone.
  override connectionLost(error: Error | null): void {
    super.connectionLost(error ?? (this.#writingPaused ? this.#broken() : null));
    if (this.#transport !== null) this.#options.onLost(this.#transport);
  }

  #broken(): Error {
    const { target } = this.#options;
    return new BrokenPipeError(`${target}: the process ended before it had read all.`, { target });
  }
}
