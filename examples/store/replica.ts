// One replica of the store: it keeps the newest value of each key that it was told, on its disk before it says so.
import { type Coroutine, Lock, using } from "escapement";
import { open, readFile, syncDirectory } from "escapement/files";
import { type StreamReader, type StreamWriter, startServer } from "escapement/net";
import { NOTHING, type Request, type Stored, isNewer } from "./protocol.ts";

const LOG = "store.log";

/** Serves on `port`, for ever. What was kept before a crash is there again. */
export function* replica(port: number, { syncs = true }: { syncs?: boolean } = {}): Coroutine<void> {
  const values = yield* readLog();
  const log = yield* open(LOG, "a");
  yield* syncDirectory(".");
  const writing = new Lock();

  function* keep(key: string, stored: Stored): Coroutine<void> {
    yield* using(writing, function* () {
      if (!isNewer(stored.version, (values.get(key) ?? NOTHING).version)) return;
      yield* log.write(`${JSON.stringify([key, stored])}\n`);
      if (syncs) yield* log.sync();
      values.set(key, stored);
    });
  }

  function* serve(reader: StreamReader, writer: StreamWriter): Coroutine<void> {
    try {
      const request = JSON.parse(new TextDecoder().decode(yield* reader.readline())) as Request;
      if (request.op === "put") yield* keep(request.key, request.stored);
      writer.write(`${JSON.stringify(values.get(request.key) ?? NOTHING)}\n`);
      yield* writer.drain();
    } finally {
      writer.close();
    }
  }

  const server = yield* startServer(serve, "", port);
  yield* server.serveForever();
}

/** The last line may be torn: its client was never told that it was kept. */
function* readLog(): Coroutine<Map<string, Stored>> {
  const values = new Map<string, Stored>();
  let text = "";
  try {
    text = yield* readFile(LOG, "utf8");
  } catch (error) {
    if ((error as { code?: string }).code !== "ENOENT") throw error;
  }
  for (const line of text.split("\n").slice(0, -1)) {
    const [key, stored] = JSON.parse(line) as [string, Stored];
    values.set(key, stored);
  }
  return values;
}
