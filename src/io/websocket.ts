// The entry point escapement/websocket: WebSockets, both sides, on the package `ws`.
import { getRunningLoop } from "../loop/event-loop.ts";
import { type Coroutine, describeMistake } from "../future/awaitable.ts";
import { TimeoutError } from "../future/errors.ts";
import { coroutine } from "../task/coroutine.ts";
import { checkAddress } from "./network.ts";
import { Connection } from "./websocket-connection.ts";
import { nodeWebSockets } from "./websocket-node.ts";
import { type WebSocketOptions, webSocketSettings, withoutPassword } from "./websocket-options.ts";
import { type WebSocketHandler, WebSocketServer } from "./websocket-server.ts";
import { webSockets } from "./websocket-wire.ts";

export { Connection } from "./websocket-connection.ts";
export { WebSocketServer, type WebSocketHandler } from "./websocket-server.ts";
export type { WebSocketOptions } from "./websocket-options.ts";
export type { CloseFrame } from "./websocket-close.ts";
export type { Message } from "./websocket-wire.ts";
export {
  ConnectionClosed,
  ConnectionClosedError,
  ConnectionClosedOK,
  InvalidHandshake,
  InvalidStatus,
} from "./websocket-errors.ts";
export { MissingPackageError } from "./peer-package.ts";
export {
  ConnectionError,
  ConnectionRefusedError,
  ConnectionResetError,
  NetworkError,
  TlsError,
  UnknownHostError,
} from "./network-errors.ts";

/**
 * Connects to a WebSocket server. Redirects are followed.
 *
 * @param url - `ws://…`, or `wss://…` for a secure connection.
 * @throws {TimeoutError} When the opening handshake takes longer than `openTimeout`.
 * @throws {ConnectionRefusedError} When nobody listens there.
 * @throws {NetworkError} When it cannot be reached otherwise: UnknownHostError, TlsError, ConnectionResetError.
 * @throws {InvalidStatus} When the server answers with another HTTP status than 101.
 * @throws {InvalidHandshake} When its answer is none of a WebSocket server.
 * @throws {ValueError} When the URL is none for a WebSocket.
 * @throws {MissingPackageError} When the package `ws` is not installed.
 * @example
 * try {
 *   yield* connect("ws://127.0.0.1:1");
 * } catch (error) {
 *   print((error as Error).message); //=> "connect to ws://127.0.0.1:1: nobody listens there (ECONNREFUSED)."
 * }
 * @see Python's `websockets.asyncio.client.connect`
 */
export const connect: (url: string, options?: WebSocketOptions) => Coroutine<Connection> = coroutine(function* connect(
  url: string,
  options: WebSocketOptions = {},
): Coroutine<Connection> {
  if (typeof url !== "string") throw new TypeError(`connect: a URL is a string, not ${describeMistake(url)}.`);
  const settings = webSocketSettings("connect", options);
  const loop = getRunningLoop();
  const target = withoutPassword(url);
  const connection = new Connection({ loop, target, settings });
  connection.attach(webSockets.get(nodeWebSockets).connect(url, settings, connection));
  const { openTimeout } = settings;
  const deadline = loop.callLater(openTimeout, () => {
    const what = `the opening handshake took longer than ${openTimeout} ms`;
    connection.opened.failQuietly(new TimeoutError(`connect to ${target}: ${what}.`));
  });
  try {
    yield* connection.opened;
    return connection;
  } catch (error) {
    // Cancelled, perhaps in the very moment in which it was connected: nobody will ever close it.
    connection.terminate();
    throw error;
  } finally {
    deadline.cancel();
  }
});

/**
 * Listens, and runs `handler` with each connection, as a task of its own. When it ends, its connection is closed; what it
 * throws goes to the loop's exception handler.
 *
 * @param host - An address of this machine; "" for all.
 * @param port - 0 for any that is free: `server.port`.
 * @returns The server, which listens.
 * @throws {NetworkError} When it cannot listen there.
 * @throws {MissingPackageError} When the package `ws` is not installed.
 * @example
 * const server = yield* serve(function* (connection) {
 *   yield* connection.send(`you are at ${connection.path}`);
 * }, "127.0.0.1", 0);
 * yield* using(server, function* () {
 *   const connection = yield* connect(`ws://127.0.0.1:${server.port}/attic`);
 *   print(yield* connection.next()); //=> "you are at /attic"
 *   print(yield* connection.next()); //=> null
 * });
 * @see Python's `websockets.asyncio.server.serve`
 */
export const serve: (
  handler: WebSocketHandler,
  host: string,
  port: number,
  options?: WebSocketOptions,
) => Coroutine<WebSocketServer> = coroutine(function* serve(
  handler: WebSocketHandler,
  host: string,
  port: number,
  options: WebSocketOptions = {},
): Coroutine<WebSocketServer> {
  checkAddress("serve", { host, port });
  if (typeof handler !== "function") {
    throw new TypeError(`serve: the handler is a function, not ${describeMistake(handler)}.`);
  }
  const settings = webSocketSettings("serve", options);
  const server = new WebSocketServer({ loop: getRunningLoop(), handler, settings });
  server.attach(webSockets.get(nodeWebSockets).listen(host, port, settings, server));
  try {
    yield* server.started;
    return server;
  } catch (error) {
    server.stop();
    throw error;
  }
});
