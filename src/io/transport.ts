import { RuntimeError, ValueError } from "../loop/errors.ts";
import type { EventLoop } from "../loop/event-loop.ts";
import { printWarning } from "../loop/print.ts";
import { concatenate } from "./bytes.ts";
import type { IoWait } from "./io-wait.ts";
import { type OpenResource, forget, remember } from "./open-resources.ts";
import type { TlsUpgrade } from "./tls-handshake.ts";

/** @internal Who is told what happens to a connection. All may be called outside of an iteration. */
export interface Protocol {
  /** Once, when bytes can go both ways. */
  connectionMade(transport: Transport): void;
  /** The bytes belong to the protocol from now on. */
  dataReceived(data: Uint8Array): void;
  /** The peer will send no more. */
  eofReceived(): void;
  /** More is waiting to be sent than there should be. */
  pauseWriting(): void;
  resumeWriting(): void;
  /** Once, at the end, or when no connection came about. Null: it was closed as somebody asked. */
  connectionLost(error: Error | null): void;
}

// As asyncio's: 64 KiB, and who writes to a lost connection this often should be told.
const HIGH_WATER = 64 * 1024;
const WRITES_BEFORE_WARNING = 5;

/**
 * One end of a connection: bytes out, by `write`; bytes in, as the protocol is told.
 *
 * The rules are here. What carries the bytes is in the subclasses, which have seven things to do: `send`, `sendEof`,
 * `finish`, `drop`, `pauseReading`, `resumeReading`, `getWriteBufferSize`; and four to tell: `received` what has arrived,
 * `ended` when the peer has, `sent` when the buffer has become smaller, `lost` when it is over.
 *
 * @see CPython 3.13 `asyncio.Transport`, `transports._FlowControlMixin`, `selector_events._SelectorTransport`
 */
export abstract class Transport implements OpenResource {
  /** @internal */ readonly loop: EventLoop;
  /** @internal */ readonly protocol: Protocol;
  readonly #extra: Readonly<Record<string, unknown>>;
  #state: "open" | "closing" | "lost" = "open";
  #eofWritten = false;
  #writingPaused = false;
  #writesInVain = 0;
  #high = HIGH_WATER;
  #low = HIGH_WATER / 4;

  /** @internal */
  constructor(loop: EventLoop, protocol: Protocol, extra: Readonly<Record<string, unknown>> = {}) {
    this.loop = loop;
    this.protocol = protocol;
    this.#extra = extra;
    remember(loop, this);
  }

  // ---- what a host does

  /** @internal Sends, or keeps in order until it can. */
  protected abstract send(data: Uint8Array): void;
  /** @internal Tells the peer that there will be no more, after all that was sent. */
  protected abstract sendEof(): void;
  /** @internal Ends the connection after all that was sent has gone; then `lost`. */
  protected abstract finish(): void;
  /** @internal Ends the connection, at once; then `lost`. */
  protected abstract drop(): void;
  /** Nothing is received until `resumeReading`. */
  abstract pauseReading(): void;
  abstract resumeReading(): void;
  /** How many bytes wait to be sent. */
  abstract getWriteBufferSize(): number;

  // ---- writing

  /** Sends, now or when it can be: never waits. What is written once the transport is closing is dropped. */
  write(data: Uint8Array): void {
    if (this.#eofWritten) throw new RuntimeError("Cannot write after writeEof().");
    if (data.length === 0) return;
    if (this.#state !== "open") {
      this.#noteWriteInVain();
      return;
    }
    this.send(data);
    this.#pauseIfHigh();
  }

  writelines(chunks: readonly Uint8Array[]): void {
    this.write(concatenate(chunks));
  }

  #noteWriteInVain(): void {
    this.#writesInVain += 1;
    if (this.#writesInVain === WRITES_BEFORE_WARNING) {
      printWarning(`${this.toString()} is written to again and again. Wait for drain(): it throws.`);
    }
  }

  /** Tells the peer that there will be no more. Its own bytes go on arriving. */
  writeEof(): void {
    if (!this.canWriteEof()) throw new RuntimeError("writeEof: this connection cannot be closed on one side only.");
    if (this.#eofWritten || this.#state !== "open") return;
    this.#eofWritten = true;
    this.sendEof();
  }

  canWriteEof(): boolean {
    return true;
  }

  /** @internal What is sent and received from here on is TLS, once both sides agree on it: the result waits for that. */
  startTls(_upgrade: TlsUpgrade): IoWait {
    throw new RuntimeError("startTls: this connection cannot be made secure.");
  }

  // ---- closing

  /** Closes it after all that was written has gone. What still arrives is dropped. */
  close(): void {
    if (this.#state !== "open") return;
    this.#state = "closing";
    this.finish();
  }

  /** Closes it now. What was written and has not gone is dropped. */
  abort(): void {
    if (this.#state === "lost") return;
    this.#state = "closing";
    this.drop();
  }

  /** Whether it is closed, or about to be. */
  isClosing(): boolean {
    return this.#state !== "open";
  }

  /** @internal Its loop has ended: nobody is there to be told. */
  abandon(): boolean {
    const wasOpen = this.#state === "open";
    this.#state = "lost";
    this.drop();
    return wasOpen;
  }

  // ---- what a host tells

  /** @internal */
  protected received(data: Uint8Array): void {
    if (this.#state === "open") this.protocol.dataReceived(data);
  }

  /** @internal The peer's end. */
  protected ended(): void {
    if (this.#state === "open") this.protocol.eofReceived();
  }

  /** @internal */
  protected sent(): void {
    if (this.#writingPaused && this.#state !== "lost" && this.getWriteBufferSize() <= this.#low) {
      this.#writingPaused = false;
      this.protocol.resumeWriting();
    }
  }

  /** @internal The first time counts. */
  protected lost(error: Error | null): void {
    if (this.#state === "lost") return;
    this.#state = "lost";
    forget(this.loop, this);
    this.protocol.connectionLost(error);
  }

  // ---- flow control

  #pauseIfHigh(): void {
    if (this.#writingPaused || this.getWriteBufferSize() <= this.#high) return;
    this.#writingPaused = true;
    this.protocol.pauseWriting();
  }

  /** Above how many bytes waiting to be sent `drain()` waits, and down to how many. */
  getWriteBufferLimits(): { low: number; high: number } {
    return { low: this.#low, high: this.#high };
  }

  /**
   * @param limits.high - Default: 64 KiB, or four times `low`.
   * @param limits.low - Default: a quarter of `high`.
   * @throws {ValueError} When they are not in order.
   */
  setWriteBufferLimits(limits: { low?: number; high?: number } = {}): void {
    const high = limits.high ?? (limits.low === undefined ? HIGH_WATER : 4 * limits.low);
    const low = limits.low ?? Math.floor(high / 4);
    if (!(high >= low && low >= 0)) throw new ValueError(`high (${high}) must be >= low (${low}) must be >= 0.`);
    this.#high = high;
    this.#low = low;
    this.#pauseIfHigh();
  }

  // ---- asking

  /** What is known of the connection under that name; `fallback` when nothing is. */
  getExtraInfo(name: string, fallback: unknown = null): unknown {
    return this.#extra[name] ?? fallback;
  }

  toString(): string {
    return `<Transport ${this.#state}>`;
  }
}
