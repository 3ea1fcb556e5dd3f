import { RuntimeError } from "../loop/errors.ts";
import { type EventLoop, runningLoopOrNull } from "../loop/event-loop.ts";
import { FlowControl } from "./flow-control.ts";
import { IoWait } from "./io-wait.ts";
import { type SocketName, describeName } from "./network.ts";
import { ConnectionAbortedError } from "./network-errors.ts";
import type { StreamReader } from "./stream-reader.ts";
import type { Protocol, Transport } from "./transport.ts";

/**
 * Stands between a transport and a pair of streams: feeds the reader, and knows how the connection fares.
 *
 * @internal
 * @see CPython 3.13 `asyncio.StreamReaderProtocol`
 */
export class StreamReaderProtocol implements Protocol {
  readonly loop: EventLoop;
  readonly reader: StreamReader;
  /** When there is a connection. */
  readonly connected: IoWait<Transport>;
  /** When there is none any more. */
  readonly closed: IoWait;
  readonly flow: FlowControl;
  /** Whether this is the side that was connected to. */
  readonly serverSide: boolean = false;

  /** @throws {RuntimeError} When no loop is given and none runs. */
  constructor(reader: StreamReader, loop: EventLoop | null = runningLoopOrNull()) {
    if (loop === null) throw new RuntimeError("new StreamReaderProtocol: no running event loop, and none is given.");
    this.loop = loop;
    this.reader = reader;
    this.connected = new IoWait("openConnection", loop);
    this.closed = new IoWait("StreamWriter.waitClosed", loop);
    this.flow = new FlowControl(loop, () => this.#peer());
  }

  connectionMade(transport: Transport): void {
    this.reader.setTransport(transport);
    this.connected.succeed(transport);
  }

  dataReceived(data: Uint8Array): void {
    this.reader.feedData(data);
  }

  eofReceived(): void {
    this.reader.feedEof();
  }

  pauseWriting(): void {
    this.flow.pauseWriting();
  }

  resumeWriting(): void {
    this.flow.resumeWriting();
  }

  connectionLost(error: Error | null): void {
    this.connected.failQuietly(error ?? aborted());
    if (error === null) {
      this.reader.feedEof();
      this.closed.succeed();
    } else {
      this.reader.setException(error);
      this.closed.failQuietly(error);
    }
    this.flow.connectionLost(error);
  }

  #peer(): string {
    if (!this.connected.done() || this.connected.cancelled() || this.connected.exception() !== null) return "the peer";
    const name = this.connected.result().getExtraInfo("peername") as SocketName | null;
    return name === null ? "the peer" : describeName(name);
  }
}

function aborted(): Error {
  return new ConnectionAbortedError("The connection was closed before it was made.", { target: "the peer" });
}
