// Who the tests of escapement/http talk to: a server and a session at once, servers that say what they are told, and clients
// that do.
import { type Server as NodeServer, type Socket, connect, createServer } from "node:net";
import { type Coroutine, fromCallback, using } from "../../src/index.ts";
import {
  ClientSession,
  type Handler,
  type HttpServer,
  type ServeOptions,
  type SessionOptions,
  serve,
} from "../../src/io/http.ts";

/** A server, and a session whose URLs are relative to it; both are closed behind the body. */
export function* withServer<T>(
  handler: Handler,
  body: (session: ClientSession, server: HttpServer) => Coroutine<T>,
  options: { server?: ServeOptions; session?: SessionOptions } = {},
): Coroutine<T> {
  return yield* using(yield* serve(handler, options.server), (server) =>
    using(new ClientSession({ baseUrl: `http://127.0.0.1:${server.port}/`, ...options.session }), (session) =>
      body(session, server),
    ),
  );
}

/** A server of `node:net`, whose connections `onSocket` does with what it likes; and a session with it. */
export function* withRawServer<T>(
  onSocket: (socket: Socket) => void,
  body: (session: ClientSession, port: number) => Coroutine<T>,
  options: SessionOptions = {},
): Coroutine<T> {
  const sockets = new Set<Socket>();
  const server: NodeServer = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    onSocket(socket);
  });
  const port = yield* fromCallback<number>((done) => {
    server.listen(0, "127.0.0.1", () => done(null, (server.address() as { port: number }).port));
  });
  try {
    return yield* using(new ClientSession({ baseUrl: `http://127.0.0.1:${port}/`, ...options }), (session) =>
      body(session, port),
    );
  } finally {
    for (const socket of sockets) socket.destroy();
    server.close();
  }
}

/** To each request, as soon as something of it has come, it says the next of `answers`. */
export function saying(...answers: readonly ((socket: Socket) => void)[]): (socket: Socket) => void {
  let next = 0;
  return (socket) => {
    socket.on("data", () => {
      next = Math.min(next + 1, answers.length);
      answers[next - 1]!(socket);
    });
  };
}

/** Sends bytes to a server, and gives all that it answers until it closes the connection. */
export function* sendRaw(port: number, ...pieces: readonly string[]): Coroutine<string> {
  return yield* fromCallback<string>((done) => {
    let answer = "";
    const socket = connect(port, "127.0.0.1", () => {
      for (const piece of pieces) socket.write(piece);
    });
    socket.setEncoding("latin1");
    socket.on("data", (text) => (answer += String(text)));
    socket.on("error", () => {});
    socket.on("close", () => done(null, answer));
  });
}
