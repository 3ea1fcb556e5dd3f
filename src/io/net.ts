// The entry point escapement/net: streams over TCP, TLS and Unix sockets.
import { getRunningLoop } from "../loop/event-loop.ts";
import type { Coroutine } from "../future/awaitable.ts";
import { describeMistake } from "../future/awaitable.ts";
import { coroutine } from "../task/coroutine.ts";
import { type Address, type ConnectOptions, checkAddress, network } from "./network.ts";
import { nodeNetwork } from "./node-network.ts";
import { type OnConnection, Server } from "./server.ts";
import { StreamReader, checkLimit } from "./stream-reader.ts";
import { StreamReaderProtocol } from "./stream-protocol.ts";
import { StreamWriter } from "./stream-writer.ts";

export type { ConnectOptions, SocketName } from "./network.ts";
export { Server, type OnConnection } from "./server.ts";
export { StreamReader, type StreamReaderOptions } from "./stream-reader.ts";
export { StreamWriter } from "./stream-writer.ts";
export { Transport } from "./transport.ts";
export { IncompleteReadError, LimitOverrunError } from "./stream-errors.ts";
export {
  BrokenPipeError,
  ConnectionAbortedError,
  ConnectionError,
  ConnectionRefusedError,
  ConnectionResetError,
  NetworkError,
  TlsError,
  UnknownHostError,
} from "./network-errors.ts";

/** The two ends that a program holds of one connection. */
export type Streams = [reader: StreamReader, writer: StreamWriter];

/**
 * Connects to a server.
 *
 * @param options.tls - true, or options of `node:tls`, for a secure connection; the certificate is checked against `host`.
 * @throws {ConnectionRefusedError} When nobody listens there.
 * @throws {UnknownHostError} When there is no such host.
 * @throws {TlsError} When no secure connection comes about.
 * @throws {NetworkError} When it fails otherwise; all of these name the target, and have Node's error as their cause.
 * @example
 * try {
 *   yield* openConnection("127.0.0.1", 1);
 * } catch (error) {
 *   print((error as Error).message); //=> "openConnection to 127.0.0.1:1: nobody listens there (ECONNREFUSED)."
 * }
 * @see CPython 3.13 `asyncio.open_connection`
 */
export const openConnection: (host: string, port: number, options?: ConnectOptions) => Coroutine<Streams> = coroutine(
  function* openConnection(host: string, port: number, options: ConnectOptions = {}): Coroutine<Streams> {
    return yield* connect("openConnection", { host, port }, options);
  },
);

/**
 * As openConnection, to a Unix socket.
 *
 * @see CPython 3.13 `asyncio.open_unix_connection`
 */
export const openUnixConnection: (path: string, options?: ConnectOptions) => Coroutine<Streams> = coroutine(
  function* openUnixConnection(path: string, options: ConnectOptions = {}): Coroutine<Streams> {
    return yield* connect("openUnixConnection", { path }, options);
  },
);

const connect = coroutine(function* connect(
  who: string,
  address: Address,
  options: ConnectOptions,
): Coroutine<Streams> {
  checkAddress(who, address);
  const protocol = new StreamReaderProtocol(new StreamReader(options));
  const attempt = network.get(nodeNetwork).connect(address, options, protocol);
  try {
    const transport = yield* protocol.connected;
    return [protocol.reader, new StreamWriter(transport, protocol)];
  } catch (error) {
    // Cancelled, perhaps in the very moment in which it was connected: nobody will ever close it.
    attempt.abort();
    throw error;
  }
});

/**
 * Listens, and calls `onConnection` with each connection: as a task of its own, when it is a coroutine function. What that
 * task throws goes to the loop's exception handler, and its connection is closed.
 *
 * @param host - An address of this machine; "" for all.
 * @param port - 0 for any that is free: `server.port`.
 * @param options.tls - Options of `node:tls`, `key` and `cert` among them.
 * @returns The server, which listens.
 * @throws {NetworkError} When it cannot listen there.
 * @example
 * const server = yield* startServer(function* (reader, writer) {
 *   writer.write(`you said ${new TextDecoder().decode(yield* reader.readline())}`);
 *   yield* writer.drain();
 *   writer.close();
 * }, "127.0.0.1", 0);
 * yield* using(server, function* () {
 *   const [reader, writer] = yield* openConnection("127.0.0.1", server.port);
 *   writer.write("tick\n");
 *   print(new TextDecoder().decode(yield* reader.read())); //=> "you said tick\n"
 *   writer.close();
 * });
 * @see CPython 3.13 `asyncio.start_server`
 */
export const startServer: (
  onConnection: OnConnection,
  host: string,
  port: number,
  options?: ConnectOptions,
) => Coroutine<Server> = coroutine(function* startServer(
  onConnection: OnConnection,
  host: string,
  port: number,
  options: ConnectOptions = {},
): Coroutine<Server> {
  return yield* listen("startServer", onConnection, { host, port }, options);
});

/**
 * As startServer, on a Unix socket.
 *
 * @see CPython 3.13 `asyncio.start_unix_server`
 */
export const startUnixServer: (
  onConnection: OnConnection,
  path: string,
  options?: ConnectOptions,
) => Coroutine<Server> = coroutine(function* startUnixServer(
  onConnection: OnConnection,
  path: string,
  options: ConnectOptions = {},
): Coroutine<Server> {
  return yield* listen("startUnixServer", onConnection, { path }, options);
});

const listen = coroutine(function* listen(
  who: string,
  onConnection: OnConnection,
  address: Address,
  options: ConnectOptions,
): Coroutine<Server> {
  checkAddress(who, address);
  if (typeof onConnection !== "function") {
    throw new TypeError(`${who}: onConnection is a function, not ${describeMistake(onConnection)}.`);
  }
  if (options.limit !== undefined) checkLimit(who, options.limit);
  const server = new Server({ loop: getRunningLoop(), onConnection, limit: options.limit });
  server.attach(network.get(nodeNetwork).listen(address, options, server));
  try {
    yield* server.started;
    return server;
  } catch (error) {
    server.close();
    throw error;
  }
});
