import type * as escapement from "../../../src/index.ts";
import type * as Http from "../../../src/io/http.ts";
import type * as Net from "../../../src/io/net.ts";
import type * as Postgres from "../../../src/io/postgres.ts";
import type * as WebSockets from "../../../src/io/websocket.ts";
import type { ContextManager, Coroutine } from "../../../src/index.ts";
import type { LoadOptions, Peer } from "../../peer.ts";
import { type Item, idIn, itemOf } from "../item.ts";
import { type IoPeer, workloadsOf } from "../peer.ts";
import { CONNECTIONS, DATABASE_CONNECTIONS } from "../workloads.ts";

type Library = typeof escapement;

/** The library that `options.dist` holds, built. */
export async function load({ dist, version = "", postgres }: LoadOptions): Promise<Peer> {
  if (dist === undefined) throw new Error("escapement: no build was given");
  const library = (await import(`${dist}/index.js`)) as Library;
  const http = (await import(`${dist}/io/http.js`)) as typeof Http;
  const net = (await import(`${dist}/io/net.js`)) as typeof Net;
  const websockets = (await import(`${dist}/io/websocket.js`)) as typeof WebSockets;
  const database = (await import(`${dist}/io/postgres.js`)) as typeof Postgres;
  const peer = {
    version,
    ...servers(library, http, websockets, net),
    ...clients(library, http, database),
  };
  return workloadsOf(peer, postgres!);
}

function servers(
  { fromPromise, run, using }: Library,
  http: typeof Http,
  websockets: typeof WebSockets,
  net: typeof Net,
): Pick<IoPeer, "http" | "websocket" | "stream"> {
  type Server = Http.HttpServer | WebSockets.WebSocketServer | Net.Server;
  const serving = (start: () => Coroutine<Server>, body: (port: number) => Promise<number>): Promise<number> =>
    run(function* () {
      const server: ContextManager<unknown> & { readonly port: number } = yield* start();
      return yield* using(server, function* () {
        return yield* fromPromise(body(server.port));
      });
    });

  function* answer(request: Http.ServerRequest): Coroutine<Http.ServerResponse> {
    const { id } = request.method === "GET" ? { id: idIn(request.path) } : yield* request.json<Item>();
    return { json: itemOf(id) };
  }

  function* echoMessages(connection: WebSockets.Connection): Coroutine<void> {
    for (let text; (text = yield* connection.next()) !== null;) yield* connection.send(text);
  }

  function* echoBytes(reader: Net.StreamReader, writer: Net.StreamWriter): Coroutine<void> {
    for (let data; (data = yield* reader.read(65_536)).length > 0;) {
      writer.write(data);
      yield* writer.drain();
    }
    writer.close();
  }

  return {
    http: (body) => serving(() => http.serve(answer), body),
    websocket: (body) => serving(() => websockets.serve(echoMessages, "127.0.0.1", 0), body),
    stream: (body) => serving(() => net.startServer(echoBytes, "127.0.0.1", 0), body),
  };
}

function clients(
  { TaskGroup, run, using }: Library,
  { ClientSession }: typeof Http,
  { createPool }: typeof Postgres,
): Pick<IoPeer, "get" | "query"> {
  /** Takes the numbers from 0 to `count - 1`, in so many tasks; the sum of what comes. */
  function* each(count: number, tasks: number, ask: (id: number) => Coroutine<number>): Coroutine<number> {
    let [asked, sum] = [0, 0];
    function* loop(): Coroutine<void> {
      while (asked < count) {
        asked += 1;
        const id = yield* ask(asked - 1);
        sum += id;
      }
    }
    yield* using(new TaskGroup(), function* (group) {
      for (let i = 0; i < tasks; i += 1) group.createTask(loop());
    });
    return sum;
  }

  return {
    get: (port, count) =>
      run(function* () {
        const options = { baseUrl: `http://127.0.0.1:${port}`, limit: CONNECTIONS };
        return yield* using(new ClientSession(options), (session) =>
          each(count, CONNECTIONS, function* (id) {
            const response = yield* session.get(`/items/${id}`);
            return (yield* response.json<Item>()).id;
          }),
        );
      }),

    query: (url, count) =>
      run(function* () {
        return yield* using(yield* createPool({ url, maxSize: DATABASE_CONNECTIONS }), (pool) =>
          each(count, DATABASE_CONNECTIONS, function* (id) {
            const rows = yield* pool.fetch<Item>("select $1::int as id", id);
            return rows[0]!.id;
          }),
        );
      }),
  };
}
