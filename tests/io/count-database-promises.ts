// A program for a process of its own, in which nobody else makes promises: how many each operation of escapement/postgres
// or escapement/mysql makes, printed as JSON. Its arguments are the module's name and the server's URL.
import { type Coroutine, createTask, gather, sleep, using } from "../../src/index.ts";
import * as mysql from "../../src/io/mysql.ts";
import * as postgres from "../../src/io/postgres.ts";
import { counted, printCounts } from "./promise-counter.ts";

function* cancelled(coro: Coroutine<unknown>): Coroutine<void> {
  const task = createTask(coro);
  yield* sleep(20);
  task.cancel();
  yield* gather([task], { returnExceptions: true });
  if (!task.cancelled()) throw new Error("it was not cancelled");
}

function* failing(coro: Coroutine<unknown>): Coroutine<void> {
  yield* gather([createTask(coro)], { returnExceptions: true });
}

function* withPostgres(url: string): Coroutine<void> {
  const connection = yield* counted("connect", postgres.connect(url));
  yield* counted("fetch", connection.fetch("select $1::int", 1));
  yield* counted("fetchrow", connection.fetchrow("select 1"));
  yield* counted("fetchval", connection.fetchval("select 1"));
  yield* counted("execute", connection.execute("select 1"));
  yield* counted("executemany", connection.executemany("select $1::int", [[1], [2]]));
  const statement = yield* counted("prepare", connection.prepare("select 1"));
  yield* counted("PreparedStatement.fetch", statement.fetch());
  yield* counted("PreparedStatement.close", statement.close());
  yield* counted(
    "transaction",
    using(connection.transaction(), function* () {
      yield* using(connection.transaction(), function* () {});
    }),
  );
  const cursor = connection.cursor("select * from generate_series(1, 10)");
  yield* counted("Cursor.fetch", cursor.fetch(2));
  yield* counted("Cursor.close", cursor.close());
  yield* connection.execute("create temporary table part (id int)");
  const records = Array.from({ length: 20_000 }, (_, i) => [i]);
  yield* counted("copyRecordsToTable", connection.copyRecordsToTable("part", { records }));
  yield* counted("copyToTable", connection.copyToTable("part", { source: ["1\n", "2\n"] }));
  yield* counted("copyFromTable", connection.copyFromTable("part", { output: () => {} }));
  yield* counted("a copy that fails", failing(connection.copyToTable("part", { source: "x\n" })));
  yield* counted(
    "addListener",
    connection.addListener("promises", () => {}),
  );
  yield* counted("notify", connection.execute("notify promises"));
  yield* counted("an error", failing(connection.fetch("select 1 / 0")));
  yield* counted("cancel", cancelled(connection.fetch("select pg_sleep(10)")));
  yield* counted("close", connection.close());
  const pool = yield* counted("createPool", postgres.createPool({ url, minSize: 1, maxSize: 1 }));
  yield* counted("Pool.fetch", pool.fetch("select 1"));
  yield* counted(
    "Pool.acquire",
    using(pool.acquire(), (lent) => lent.execute("select 1")),
  );
  yield* counted("Pool.close", pool.close());
}

function* withMysql(url: string): Coroutine<void> {
  const connection = yield* counted("connect", mysql.connect(url));
  yield* counted("query", connection.query("select ?", [1]));
  yield* counted("execute", connection.execute("do 1"));
  yield* counted(
    "transaction",
    using(connection.transaction(), function* () {
      yield* using(connection.transaction(), function* () {});
    }),
  );
  const stream = connection.stream("select seq from seq_1_to_1000000");
  yield* counted("RowStream.next", stream.next());
  yield* counted("RowStream.close", stream.close());
  yield* counted("an error", failing(connection.query("select * from no_such_table")));
  yield* counted("cancel", cancelled(connection.query("select sleep(10)")));
  yield* counted("close", connection.close());
  const pool = yield* counted("createPool", mysql.createPool({ url, minSize: 1, maxSize: 1 }));
  yield* counted("Pool.query", pool.query("select 1"));
  yield* counted(
    "Pool.acquire",
    using(pool.acquire(), (lent) => lent.execute("do 1")),
  );
  yield* counted("Pool.close", pool.close());
}

const [, , name, url = ""] = process.argv;
await printCounts(() => (name === "postgres" ? withPostgres(url) : withMysql(url)));
