// A program for a process of its own, in which nobody else makes promises: how many each operation of escapement/net makes,
// printed as JSON.
import { createHook } from "node:async_hooks";
import { type Coroutine, createTask, gather, run, using } from "../../src/index.ts";
import { type StreamReader, type StreamWriter, openConnection } from "../../src/io/net.ts";
import { type Carrier, carriers, certificate, tcp } from "./carriers.ts";

const made: Record<string, number> = {};
let operation = "nothing";
const hook = createHook({
  init(_id, type) {
    if (type === "PROMISE") made[operation] = (made[operation] ?? 0) + 1;
  },
});

/** Waits for `coro`, and counts meanwhile under `name`. */
function* counted<T>(name: string, coro: Coroutine<T>): Coroutine<T> {
  const outer = operation;
  operation = name;
  made[name] ??= 0;
  try {
    return yield* coro;
  } finally {
    operation = outer;
  }
}

function* echo(reader: StreamReader, writer: StreamWriter): Coroutine<void> {
  writer.write("ready\n");
  for (;;) {
    const piece = yield* reader.read(2 ** 16);
    if (piece.length === 0) break;
    writer.write(piece);
    yield* writer.drain();
  }
  writer.close();
}

function* everything(carrier: Carrier): Coroutine<void> {
  const server = yield* counted("startServer", carrier.serve(echo));
  const forever = createTask(server.serveForever());
  const [reader, writer] = yield* counted("openConnection", carrier.connect(server));
  yield* counted("readline", reader.readline());
  writer.write("a|bc");
  yield* counted("readuntil", reader.readuntil("|"));
  yield* counted("readexactly", reader.readexactly(2));
  writer.transport.setWriteBufferLimits({ high: 0 });
  const size = 2 ** 22;
  const back = createTask(reader.readexactly(size));
  writer.write(new Uint8Array(size));
  yield* counted("drain", writer.drain());
  yield* back;
  writer.write("d");
  yield* counted("read", reader.read(1));
  writer.close();
  yield* counted("waitClosed", writer.waitClosed());
  server.close();
  yield* counted("Server.waitClosed", server.waitClosed());
  yield* counted("serveForever", ended(forever));
  yield* counted(
    "using(server)",
    using(yield* carrier.serve(() => {}), function* () {}),
  );
}

function* securing(): Coroutine<void> {
  const server = yield* tcp.serve(function* (reader, writer) {
    yield* reader.readline();
    writer.write("go\n");
    yield* writer.startTls(certificate);
    writer.close();
  });
  const [reader, writer] = yield* tcp.connect(server);
  writer.write("secure\n");
  yield* reader.readline();
  yield* counted("startTls", writer.startTls({ ca: certificate.cert, servername: "localhost" }));
  yield* reader.read();
  writer.close();
  yield* server.exit();
}

function* ended(task: ReturnType<typeof createTask<never>>): Coroutine<void> {
  yield* gather([task], { returnExceptions: true });
}

function* failing(): Coroutine<void> {
  for (const [host, port] of [
    ["127.0.0.1", 1],
    ["no-such-host.invalid", 1],
  ] as const) {
    try {
      yield* counted(`openConnection to ${host}`, openConnection(host, port));
    } catch (error) {
      if (!(error instanceof Error)) throw error;
    }
  }
}

await run(function* () {
  yield* securing();
  for (const carrier of carriers) yield* everything(carrier); // what Node makes once, the first time
  for (const name of Object.keys(made)) delete made[name];
  hook.enable();
  for (const carrier of carriers) yield* counted(carrier.name, everything(carrier));
  yield* securing();
  yield* failing();
  // The counter counts.
  yield* counted("a promise", promising());
  hook.disable();
});

function* promising(): Coroutine<void> {
  void Promise.resolve();
}

console.log(JSON.stringify(made));
