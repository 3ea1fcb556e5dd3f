// A program for a process of its own, in which nobody else makes promises: how many each operation of escapement/websocket
// makes, printed as JSON.
import { type Coroutine, createTask, gather, using } from "../../src/index.ts";
import { type Connection, type WebSocketOptions, connect, serve } from "../../src/io/websocket.ts";
import { certificate } from "./carriers.ts";
import { counted, printCounts } from "./promise-counter.ts";
import { thrownBy } from "./thrown-by.ts";
import { echo } from "./websocket-peers.ts";

function* talking(connection: Connection): Coroutine<void> {
  yield* counted("send", connection.send("tick"));
  yield* counted("recv", connection.recv());
  const large = new Uint8Array(1_000_000);
  const back = createTask(connection.next());
  yield* counted("send, waiting", connection.send(large));
  yield* counted("next", joined(back));
  yield* counted("ping", connection.ping());
  yield* counted("close", connection.close());
  yield* counted("waitClosed", connection.waitClosed());
  yield* counted("recv of what is closed", thrownBy(connection.recv()));
}

function* joined<T>(task: ReturnType<typeof createTask<T>>): Coroutine<T> {
  return yield* task;
}

function* everything(scheme: string, options: WebSocketOptions): Coroutine<void> {
  const server = yield* counted("serve", serve(echo, "127.0.0.1", 0, options));
  const tls = scheme === "wss" ? { tls: { ca: certificate.cert } } : {};
  const keepAlive = { pingInterval: 1 };
  const connection = yield* counted(
    "connect",
    connect(`${scheme}://localhost:${server.port}`, { ...options, ...keepAlive, ...tls }),
  );
  yield* talking(connection);
  yield* counted("WebSocketServer.close", server.close());
}

function* failing(): Coroutine<void> {
  for (const url of ["ws://127.0.0.1:1", "ws://no-such-host.invalid"]) {
    yield* counted(`connect to ${url}`, thrownBy(connect(url)));
  }
}

function* churning(): Coroutine<void> {
  const server = yield* serve(echo, "127.0.0.1", 0);
  yield* using(server, function* () {
    const one = function* (): Coroutine<void> {
      yield* using(yield* connect(`ws://127.0.0.1:${server.port}`), function* () {});
    };
    yield* gather(Array.from({ length: 10 }, one));
  });
}

const kinds: readonly [name: string, scheme: string, options: WebSocketOptions][] = [
  ["ws", "ws", {}],
  ["wss", "wss", { tls: certificate }],
  ["compressed", "ws", { compression: "deflate" }],
];

await printCounts(function* () {
  for (const [name, scheme, options] of kinds) yield* counted(name, everything(scheme, options));
  yield* failing();
  yield* counted("ten connections", churning());
});
