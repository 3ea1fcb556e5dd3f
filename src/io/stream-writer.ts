import type { ConnectionOptions, TlsOptions } from "node:tls";
import { RuntimeError } from "../loop/errors.ts";
import type { Coroutine } from "../future/awaitable.ts";
import { coroutine } from "../task/coroutine.ts";
import { toBytes } from "./bytes.ts";
import type { StreamReaderProtocol } from "./stream-protocol.ts";
import type { Transport } from "./transport.ts";

/**
 * Bytes that are sent. `write` never waits; `drain`, after it, does when the peer takes them more slowly than they come.
 *
 * @example
 * const server = yield* startServer(function* (reader, writer) {
 *   writer.write(yield* reader.readline());
 *   yield* writer.drain();
 *   writer.close();
 * }, "127.0.0.1", 0);
 * const [reader, writer] = yield* openConnection("127.0.0.1", server.port);
 * writer.write("hello\n");
 * yield* writer.drain();
 * print(new TextDecoder().decode(yield* reader.readline())); //=> "hello\n"
 * writer.close();
 * yield* writer.waitClosed();
 * server.close();
 * @see CPython 3.13 `asyncio.StreamWriter`
 */
export class StreamWriter {
  readonly #transport: Transport;
  readonly #protocol: StreamReaderProtocol;

  static {
    for (const method of ["drain", "waitClosed", "startTls"] as const) coroutine(this.prototype[method]);
  }

  /** @internal Made by openConnection and startServer. */
  constructor(transport: Transport, protocol: StreamReaderProtocol) {
    this.#transport = transport;
    this.#protocol = protocol;
  }

  /**
   * Sends bytes, or a string as UTF-8. The bytes must not be changed afterwards: they may not have gone yet.
   *
   * @throws {TypeError} When it is neither.
   * @throws {RuntimeError} After `writeEof`.
   */
  write(data: Uint8Array | string): void {
    this.#transport.write(toBytes("StreamWriter.write", data));
  }

  /** Sends several, as one. */
  writelines(chunks: Iterable<Uint8Array | string>): void {
    this.#transport.writelines(Array.from(chunks, (chunk) => toBytes("StreamWriter.writelines", chunk)));
  }

  /**
   * Waits until what has been written is sent, but for a rest that is small enough (16 KiB, when there was more than 64):
   * so a slow peer slows down its writer. Several may wait.
   *
   * @throws What the connection broke with.
   * @throws {ConnectionResetError} When the connection is closed.
   */
  *drain(): Coroutine<void> {
    const error = this.#protocol.reader.exception();
    if (error !== null) throw error;
    // The host's news of a connection that is closing come between two iterations: they must have a chance.
    if (this.#transport.isClosing()) yield;
    yield* this.#protocol.flow.drained();
  }

  /**
   * Makes the connection secure, after both sides have agreed in the clear to do so. On the side that was connected to,
   * `settings` has `key` and `cert`. When it fails, or is cancelled, the connection is closed.
   *
   * @param settings - Options of `node:tls`; `servername` is whom the certificate must name.
   * @throws {TlsError} When no secure connection comes about.
   * @throws {RuntimeError} When it is secure already, or something that came in the clear has not been read: it might be
   * taken for what came securely.
   * @see CPython 3.13 `asyncio.StreamWriter.start_tls`
   */
  *startTls(settings: ConnectionOptions | TlsOptions = {}): Coroutine<void> {
    const { reader, serverSide } = this.#protocol;
    yield* this.drain();
    if (this.#transport.isClosing()) throw new RuntimeError("StreamWriter.startTls: the connection is closed.");
    if (reader.buffered.length > 0) {
      throw new RuntimeError("StreamWriter.startTls: not everything that came in the clear has been read.");
    }
    try {
      yield* this.#transport.startTls({ settings, serverSide });
    } catch (error) {
      this.#transport.abort();
      throw error;
    }
  }

  /**
   * Tells the peer that nothing more is sent; what it sends is still received.
   *
   * @throws {RuntimeError} Over TLS, which is closed on both sides at once.
   */
  writeEof(): void {
    this.#transport.writeEof();
  }

  canWriteEof(): boolean {
    return this.#transport.canWriteEof();
  }

  /** Closes the connection, both ways, after all that was written has gone. */
  close(): void {
    this.#transport.close();
  }

  isClosing(): boolean {
    return this.#transport.isClosing();
  }

  /**
   * Waits until the connection is closed, by `close()` or because it broke. Several may wait.
   *
   * @throws What it broke with.
   */
  *waitClosed(): Coroutine<void> {
    yield* this.#protocol.closed.join();
  }

  /**
   * What is known of the connection: `"peername"` and `"sockname"` (host and port, or the path of a Unix socket), `"socket"`
   * (Node's own), and over TLS `"peercert"`, `"cipher"`.
   *
   * @returns `fallback`, null by default, when nothing is.
   */
  getExtraInfo(name: "peername" | "sockname" | (string & {}), fallback?: unknown): unknown {
    return this.#transport.getExtraInfo(name, fallback);
  }

  /** For its limits: `writer.transport.setWriteBufferLimits({ high })`; and for `abort()`. */
  get transport(): Transport {
    return this.#transport;
  }

  toString(): string {
    return `<StreamWriter transport=${this.#transport.toString()} reader=${this.#protocol.reader.toString()}>`;
  }
}
