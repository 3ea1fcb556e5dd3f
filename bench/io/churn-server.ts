// The server of the churn, built on escapement: it takes its time for some answers, and some are long. It is asked how
// many of everything it has.
import { readdirSync } from "node:fs";
import type * as escapement from "../../src/index.ts";
import type * as Http from "../../src/io/http.ts";
import type * as Net from "../../src/io/net.ts";
import type * as WebSockets from "../../src/io/websocket.ts";
import type { Coroutine } from "../../src/index.ts";
import { answerDemands } from "./companion.ts";
import { type Item, idIn, itemOf } from "./item.ts";

/** What there is in the process of a server; `ports` says where it listens. */
export interface Census {
  readonly ports: Readonly<Record<"http" | "websocket" | "stream", number>>;
  /** What went wrong in handlers, but for clients that died. */
  readonly errors: readonly string[];
  /** Tasks that are not done. */
  readonly tasks: number;
  /** Handlers that have begun, and not ended. */
  readonly handlers: number;
  readonly files: number;
  /** What keeps Node's loop alive, by kind. */
  readonly resources: Readonly<Record<string, number>>;
  /** Bytes in use, after a collection. */
  readonly heap: number;
}

const LONG = 400_000;
const PIECE = 50_000;

const [dist = ""] = process.argv.slice(2);
const { allTasks, fromPromise, getRunningLoop, run, sleep } = (await import(`${dist}/index.js`)) as typeof escapement;
const http = (await import(`${dist}/io/http.js`)) as typeof Http;
const net = (await import(`${dist}/io/net.js`)) as typeof Net;
const websockets = (await import(`${dist}/io/websocket.js`)) as typeof WebSockets;

let handlers = 0;

function* counted<T>(body: () => Coroutine<T>): Coroutine<T> {
  handlers += 1;
  try {
    return yield* body();
  } finally {
    handlers -= 1;
  }
}

function* answer(request: Http.ServerRequest): Coroutine<Http.ServerResponse> {
  return yield* counted(function* () {
    const { id } = request.method === "GET" ? { id: idIn(request.path) } : yield* request.json<Item>();
    yield* sleep(id % 8);
    return id % 50 === 0 ? long(id) : { json: itemOf(id) };
  });
}

/** Written a piece at a time, as the client takes it. */
function long(id: number): Http.ServerResponse {
  const body = JSON.stringify({ ...itemOf(id), padding: "x".repeat(LONG) });
  return {
    headers: { "content-length": String(body.length) },
    *stream(writer) {
      for (let at = 0; at < body.length; at += PIECE) yield* writer.write(body.slice(at, at + PIECE));
    },
  };
}

function* echoMessages(connection: WebSockets.Connection): Coroutine<void> {
  yield* counted(function* () {
    for (let text; (text = yield* connection.next()) !== null;) {
      yield* sleep(idIn(String(text)) % 8);
      yield* connection.send(text);
    }
  });
}

const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

function* echoLines(reader: Net.StreamReader, writer: Net.StreamWriter): Coroutine<void> {
  yield* counted(function* () {
    // A line without an end is the last word of one who died.
    for (let line; (line = decode(yield* reader.readline())).endsWith("\n");) {
      yield* sleep(idIn(line) % 8);
      writer.write(line);
      yield* writer.drain();
    }
    writer.close();
  });
}

function countByName(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

// A client that dies is no news. All else is.
const errors = new Set<string>();
const isNews = (error: unknown): boolean =>
  !(error instanceof net.NetworkError || error instanceof websockets.ConnectionClosed);

await run(function* () {
  const loop = getRunningLoop();
  loop.setExceptionHandler((_loop, { message, exception }) => {
    if (isNews(exception)) errors.add(`${message}: ${String(exception)}`);
  });
  const ports = {
    http: (yield* http.serve(answer)).port,
    websocket: (yield* websockets.serve(echoMessages, "127.0.0.1", 0)).port,
    stream: (yield* net.startServer(echoLines, "127.0.0.1", 0)).port,
  };
  const takeCensus = async (): Promise<Census> => {
    globalThis.gc?.();
    return {
      ports,
      errors: [...errors],
      tasks: allTasks(loop).size,
      handlers,
      files: readdirSync("/proc/self/fd").length,
      resources: countByName(process.getActiveResourcesInfo()),
      heap: process.memoryUsage().heapUsed,
    };
  };
  yield* fromPromise(answerDemands(takeCensus));
});
