// Covers: escapement/websocket (serve, connect, send, recv, next, close codes), using, gather, Barrier.
// Scenario: an echo server and a hundred clients, all connected at once. Each says ten things and hears them again. Ninety
// leave; ten stay until the server goes away, and are told so.
import { Barrier, type Coroutine, createTask, gather, using } from "escapement";
import { type Connection, ConnectionClosed, connect, serve } from "escapement/websocket";

/** For the tour: it cannot run in virtual time. */
export const needsHost = true;

const CLIENTS = 100;
const STAYING = 10;
const THINGS = 10;

function* echo(connection: Connection): Coroutine<void> {
  for (let message; (message = yield* connection.next()) !== null;) yield* connection.send(message);
}

function* talk(connection: Connection, name: string): Coroutine<number> {
  let heard = 0;
  for (let n = 1; n <= THINGS; n += 1) {
    const said = `${name} says ${n}`;
    yield* connection.send(said);
    if ((yield* connection.recv()) === said) heard += 1;
  }
  return heard;
}

function* client(url: string, name: string, everybody: Barrier): Coroutine<number> {
  return yield* using(yield* connect(url), function* (connection) {
    yield* everybody.wait();
    const heard = yield* talk(connection, name);
    yield* everybody.wait();
    return heard;
  });
}

function* stayingClient(url: string, everybody: Barrier): Coroutine<string> {
  const connection = yield* connect(url);
  yield* everybody.wait();
  yield* talk(connection, "one who stays");
  yield* everybody.wait();
  try {
    return `heard ${String(yield* connection.recv())}`;
  } catch (error) {
    if (!(error instanceof ConnectionClosed)) throw error;
    return `${error.name} ${error.code}`;
  }
}

export default function* main(): Coroutine<void> {
  const everybody = new Barrier(CLIENTS);
  const server = yield* serve(echo, "127.0.0.1", 0);
  yield* using(server, function* () {
    const url = `ws://127.0.0.1:${server.port}`;
    const staying = Array.from({ length: STAYING }, () => createTask(stayingClient(url, everybody)));
    const heard = yield* gather(
      Array.from({ length: CLIENTS - STAYING }, (_, n) => client(url, `client ${n}`, everybody)),
    );
    console.log(`${heard.length} clients left, having heard ${heard.reduce((sum, one) => sum + one, 0)} echoes`);

    yield* server.close();
    const endings = new Set(yield* gather(staying));
    console.log(`${staying.length} clients stayed, and the last that they heard was ${[...endings].join(", ")}`);
  });
}
