// What stands at the other end of a WebSocket in the tests: an echo server, and peers that write what they like.
import { createHash } from "node:crypto";
import { type Coroutine, using } from "../../src/index.ts";
import { type StreamReader, type StreamWriter, openConnection, startServer } from "../../src/io/net.ts";
import {
  type Connection,
  type WebSocketOptions,
  type WebSocketServer,
  connect,
  serve,
} from "../../src/io/websocket.ts";
import { text } from "./text.ts";

/** Sends back what comes. */
export function* echo(connection: Connection): Coroutine<void> {
  for (let message; (message = yield* connection.next()) !== null;) yield* connection.send(message);
}

/** Receives until the connection is closed. */
export function* all(connection: Connection): Coroutine<unknown[]> {
  const messages: unknown[] = [];
  for (let message; (message = yield* connection.next()) !== null;) messages.push(message);
  return messages;
}

export const urlOf = ({ port }: { readonly port: number }): string => `ws://127.0.0.1:${port}`;

/** A server, for as long as the body runs. */
export function* serving<T>(
  handler: (connection: Connection) => Coroutine<void>,
  body: (url: string, server: WebSocketServer) => Coroutine<T>,
  options?: WebSocketOptions,
): Coroutine<T> {
  const server = yield* serve(handler, "127.0.0.1", 0, options);
  return yield* using(server, () => body(urlOf(server), server));
}

/** As serving; with a client that is connected to it. */
export function* connected<T>(
  handler: (connection: Connection) => Coroutine<void>,
  body: (connection: Connection, server: WebSocketServer) => Coroutine<T>,
  { client, server: options }: { readonly client?: WebSocketOptions; readonly server?: WebSocketOptions } = {},
): Coroutine<T> {
  return yield* serving(
    handler,
    function* (url, server) {
      return yield* using(yield* connect(url, client), (connection) => body(connection, server));
    },
    options,
  );
}

// ---- peers that speak the protocol by hand (RFC 6455, section 5.2)

export const TEXT = 1;
export const BINARY = 2;
export const CLOSE = 8;
export const PING = 9;

interface FrameOptions {
  readonly masked?: boolean;
  /** What the frame says its length is, where that is not so. */
  readonly length?: number;
}

/** One frame, the last of its message. Clients mask theirs, servers must not. */
export function frame(opcode: number, payload: Uint8Array | string, options: FrameOptions = {}): Uint8Array {
  const body = Buffer.from(payload);
  const { masked = false, length = body.length } = options;
  const mask = masked ? Buffer.from([1, 2, 3, 4]) : Buffer.alloc(0);
  const head = Buffer.from([0x80 | opcode, (masked ? 0x80 : 0) | (length < 126 ? length : 127)]);
  const long = Buffer.alloc(length < 126 ? 0 : 8);
  if (long.length > 0) long.writeBigUInt64BE(BigInt(length));
  if (masked) for (const [i, byte] of body.entries()) body[i] = byte ^ mask[i % 4]!;
  return Buffer.concat([head, long, mask, body]);
}

/** What a close frame holds. */
export function closing(code: number, reason = ""): Uint8Array {
  const head = Buffer.alloc(2);
  head.writeUInt16BE(code);
  return Buffer.concat([head, Buffer.from(reason)]);
}

type Script = (reader: StreamReader, writer: StreamWriter) => Coroutine<void>;

/** A server that opens connections as it should, and then follows the script. */
export function* rawServing<T>(script: Script, body: (url: string) => Coroutine<T>): Coroutine<T> {
  const server = yield* startServer(
    function* (reader, writer) {
      yield* closingAfter(writer, function* () {
        const request = text(yield* reader.readuntil("\r\n\r\n"));
        const key = /sec-websocket-key: (.*)\r\n/i.exec(request)![1]!;
        const accept = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
        const head = ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade"];
        writer.write([...head, `Sec-WebSocket-Accept: ${accept}`, "", ""].join("\r\n"));
        yield* script(reader, writer);
      });
    },
    "127.0.0.1",
    0,
  );
  return yield* using(server, () => body(urlOf(server)));
}

/** A client that opens a connection as it should, and then follows the script. */
export function* rawClient({ port }: WebSocketServer, script: Script): Coroutine<void> {
  const [reader, writer] = yield* openConnection("127.0.0.1", port);
  yield* closingAfter(writer, function* () {
    writer.write(upgradeRequest());
    yield* reader.readuntil("\r\n\r\n");
    yield* script(reader, writer);
  });
}

/** A client's part of the opening handshake. */
export function upgradeRequest(headers: readonly string[] = []): string {
  const key = "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";
  const head = ["GET / HTTP/1.1", "Host: localhost", "Upgrade: websocket", "Connection: Upgrade", key];
  return [...head, "Sec-WebSocket-Version: 13", ...headers, "", ""].join("\r\n");
}

function* closingAfter(writer: StreamWriter, body: () => Coroutine<void>): Coroutine<void> {
  try {
    yield* body();
  } finally {
    writer.close();
  }
}
