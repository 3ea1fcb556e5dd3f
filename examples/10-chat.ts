// Covers: escapement/http, escapement/websocket, escapement/postgres and Queue, together; ContextManager, Barrier, TaskGroup.
// Scenario: a chat. What is said over HTTP waits in a queue; a worker stores it in the database, and tells all who listen on
// WebSockets. The server ends while goodbyes are still in the queue: whatever it has accepted is stored and heard.
import { Barrier, type ContextManager, type Coroutine, Queue, QueueShutDown, type Task } from "escapement";
import { TaskGroup, gather, getRunningLoop, using } from "escapement";
import { ClientSession, HttpError, type ServerRequest, type ServerResponse, serve as serveHttp } from "escapement/http";
import { type Pool, createPool } from "escapement/postgres";
import { type Connection, connect, serve as serveWebSockets } from "escapement/websocket";
import { embeddedPostgres } from "./embedded-postgres.ts";

/** For the tour: it cannot run in virtual time. */
export const needsHost = true;

interface Line {
  readonly who: string;
  readonly said: string;
}

// ---- the server

class Chat implements ContextManager<Chat> {
  readonly #pool: Pool;
  readonly #lines = new Queue<Line>();
  readonly #listeners = new Set<Connection>();
  readonly #background = new TaskGroup();

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  *answer(request: ServerRequest): Coroutine<ServerResponse> {
    if (request.method === "GET") return { json: yield* this.#read(Number(request.query.get("limit") ?? "100")) };
    const line = yield* request.json<Line>();
    if (line.said === "") throw new HttpError(400, "nothing was said");
    this.#lines.putNowait(line);
    return { status: 202 };
  }

  *#read(limit: number): Coroutine<Line[]> {
    return yield* this.#pool.fetch<Line>("SELECT who, said FROM lines ORDER BY id LIMIT $1", limit);
  }

  *listen(connection: Connection): Coroutine<void> {
    this.#listeners.add(connection);
    try {
      yield* connection.send("welcome");
      yield* connection.waitClosed();
    } finally {
      this.#listeners.delete(connection);
    }
  }

  *enter(): Coroutine<this> {
    yield* this.#background.enter();
    this.#background.createTask(this.#work());
    return this;
  }

  /** Takes no more, and waits until what it has taken is stored and told. */
  *exit(): Coroutine<void> {
    this.#lines.shutdown();
    yield* this.#background.exit();
  }

  *#work(): Coroutine<void> {
    try {
      while (true) yield* this.#tell(yield* this.#lines.get());
    } catch (error) {
      if (error instanceof QueueShutDown) return;
      // Told here: on its way out another error may take its place, that of a guest whose request now fails.
      getRunningLoop().callExceptionHandler({ message: "The chat's worker has failed", exception: error });
      throw error;
    }
  }

  *#tell({ who, said }: Line): Coroutine<void> {
    yield* this.#pool.execute("INSERT INTO lines (who, said) VALUES ($1, $2)", who, said);
    const sending = [...this.#listeners].map((listener) => listener.send(`${who}: ${said}`));
    yield* gather(sending, { returnExceptions: true }); // One who has just left does not keep it from the others.
  }
}

type Visit = (api: string, room: string) => Coroutine<void>;

/** It ends in the reverse order, after Ctrl-C too: requests under way, then what is in the queue, listeners, the database. */
function* serveChat(visit: Visit): Coroutine<void> {
  yield* using(yield* createPool({ url: yield* embeddedPostgres(), maxSize: 1 }), function* (pool) {
    yield* pool.execute("CREATE TEMPORARY TABLE lines (id serial PRIMARY KEY, who text, said text)");
    const chat = new Chat(pool);
    yield* using(yield* serveWebSockets((connection) => chat.listen(connection), "127.0.0.1", 0), function* (room) {
      yield* using(chat, function* () {
        yield* using(yield* serveHttp((request) => chat.answer(request)), function* (api) {
          yield* visit(`http://127.0.0.1:${api.port}`, `ws://127.0.0.1:${room.port}`);
        });
      });
    });
    console.log(`the database has ${yield* pool.fetchval<string>("SELECT count(*) FROM lines")} lines`);
  });
}

// ---- its guests

const GUESTS = ["Ada", "Grace", "Edsger"];
const CONVERSATION: readonly Line[] = [
  { who: "Ada", said: "The engine has stopped. Is it my program?" },
  { who: "Grace", said: "It is a moth, in relay 70. I have found the first bug!" },
  { who: "Edsger", said: "Then call the next ones errors: they will be ours." },
  { who: "Ada", said: "Sleep well, moth." },
];

function* say(session: ClientSession, line: Line): Coroutine<number> {
  return yield* using(yield* session.post("/", { json: line }), function* ({ status }) {
    return status;
  });
}

function* guest(name: string, room: string, session: ClientSession, everybody: Barrier): Coroutine<string> {
  return yield* using(yield* connect(room), function* (connection) {
    yield* connection.recv();
    yield* everybody.wait();
    for (const line of CONVERSATION) {
      if (line.who === name) yield* say(session, line);
      yield* connection.recv();
    }
    yield* everybody.wait();
    let goodbyes = 0;
    while ((yield* connection.next()) !== null) goodbyes += 1;
    return `${name} heard ${goodbyes} goodbyes`;
  });
}

export default function* main(): Coroutine<void> {
  const everybody = new Barrier(GUESTS.length + 1);
  const guests: Task<string>[] = [];
  yield* using(new TaskGroup(), function* (group) {
    yield* serveChat(function* (api, room) {
      yield* using(new ClientSession({ baseUrl: api }), function* (session) {
        console.log(`nothing is said: status ${yield* say(session, { who: "Nobody", said: "" })}`);
        for (const name of GUESTS) guests.push(group.createTask(guest(name, room, session, everybody)));
        yield* everybody.wait(); // All are there;
        yield* everybody.wait(); // all have heard the conversation.
        const response = yield* session.get("/", { params: { limit: CONVERSATION.length } });
        for (const { who, said } of yield* response.json<Line[]>()) console.log(`${who}: ${said}`);
        yield* gather(GUESTS.map((who) => say(session, { who, said: "Goodbye." })));
      });
    });
  });
  for (const task of guests) console.log(task.result());
}
