import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  type Coroutine,
  Future,
  TimeoutError,
  createTask,
  gather,
  run,
  sleep,
  using,
  waitFor,
} from "../../src/index.ts";
import {
  type Connection,
  InterfaceError,
  type Pool,
  type PoolOptions,
  PostgresError,
  connect,
  createPool,
} from "../../src/io/postgres.ts";
import { runAndLook, runClean, until } from "./run-io.ts";
import { postgres, titled } from "./services.ts";
import { thrownBy } from "./thrown-by.ts";

const TABLE = `escapement_test_${process.pid}`;

/** A program with a connection of its own, in a transaction's stead: what it makes is temporary. */
function withConnection(body: (connection: Connection) => Coroutine<void>): Promise<void> {
  return runClean(function* () {
    const connection = yield* connect(postgres.url);
    try {
      yield* connection.execute("create temporary table item (id int primary key, name text)");
      yield* body(connection);
    } finally {
      yield* connection.close();
    }
  });
}

function withPool(options: PoolOptions, body: (pool: Pool) => Coroutine<void>): Promise<void> {
  return runClean(function* () {
    yield* using(yield* createPool({ url: postgres.url, minSize: 0, maxSize: 2, ...options }), body);
  });
}

function* awaiting(future: Future<void>): Coroutine<void> {
  yield* future;
}

function* namesOf(connection: Connection): Coroutine<unknown[]> {
  return (yield* connection.fetch("select name from item order by id")).map(({ name }) => name);
}

describe.skipIf(postgres.missing !== undefined)(titled("escapement/postgres", postgres), () => {
  beforeAll(() => run(() => once(`create table ${TABLE} (id int primary key deferrable initially deferred)`)));
  afterAll(() => run(() => once(`drop table ${TABLE}`)));

  function* once(sql: string): Coroutine<void> {
    const connection = yield* connect(postgres.url);
    yield* connection.execute(sql);
    yield* connection.close();
  }

  describe("a query", () => {
    it("gives rows as objects, one row, or one value", () =>
      withConnection(function* (connection) {
        const sql = "select n, $1::text as name from generate_series(1, $2) n";
        expect(yield* connection.fetch(sql, "x", 2)).toEqual([
          { n: 1, name: "x" },
          { n: 2, name: "x" },
        ]);
        expect(yield* connection.fetchrow(sql, "x", 2)).toEqual({ n: 1, name: "x" });
        expect(yield* connection.fetchval<number>(sql, "x", 2)).toBe(1);
      }));

    it("gives nothing, null and null where there is no row", () =>
      withConnection(function* (connection) {
        const sql = "select 1 where false";
        expect(yield* connection.fetch(sql)).toEqual([]);
        expect([yield* connection.fetchrow(sql), yield* connection.fetchval(sql)]).toEqual([null, null]);
      }));

    it("that executes says what the server did", () =>
      withConnection(function* (connection) {
        expect(yield* connection.execute("insert into item values ($1, $2), (2, 'b')", 1, "a")).toBe("INSERT 0 2");
        expect(yield* connection.execute("create temporary table other ()")).toBe("CREATE TABLE");
        expect(yield* connection.execute("delete from item; select 1")).toBe("SELECT 1");
      }));

    it("takes null, numbers, texts, arrays, bytes, dates and JSON", () =>
      withConnection(function* (connection) {
        const date = new Date("2026-01-02T03:04:05.678Z");
        const values = [null, 7, "ü'\"\\", [1, 2], Buffer.from([0, 255]), date, { a: [1] }, true];
        const sql =
          "select $1::int a, $2::int b, $3::text c, $4::int[] d, $5::bytea e, $6::timestamptz f, $7::jsonb g, $8::bool h";
        expect(Object.values((yield* connection.fetchrow(sql, ...values)) ?? {})).toEqual(values);
      }));

    it("runs one at a time on a connection: a second is refused", () =>
      withConnection(function* (connection) {
        const first = createTask(connection.fetchval("select 1 from pg_sleep(0.02)"));
        yield* sleep(0);
        const error = yield* thrownBy(connection.fetch("select 2"));
        expect(error).toBeInstanceOf(InterfaceError);
        expect(error.message).toContain("the connection is busy with fetchval");
        expect(yield* first).toBe(1);
      }));
  });

  describe("executemany", () => {
    it("runs a statement for each row, thousands of them", () =>
      withConnection(function* (connection) {
        const rows = Array.from({ length: 2500 }, (_, i) => [i, `name ${i}`]);
        yield* connection.executemany("insert into item values ($1, $2)", rows);
        expect(yield* connection.fetchrow("select count(*)::int n, max(id) last from item")).toEqual({
          n: 2500,
          last: 2499,
        });
        yield* connection.executemany("insert into item values ($1, $2)", []);
      }));

    it.each([2, 1500, 2499])("leaves nothing when row %i fails", (wrong) =>
      withConnection(function* (connection) {
        const rows = Array.from({ length: 2500 }, (_, i) => [i === wrong ? 0 : i]);
        const error = yield* thrownBy(connection.executemany("insert into item values ($1)", rows));
        expect(error).toMatchObject({ name: "PostgresError", code: "23505" });
        expect(yield* connection.fetchval("select count(*)::int from item")).toBe(0);
      }),
    );

    it("leaves nothing when it is cancelled between two rows", () =>
      withConnection(function* (connection) {
        const rows = Array.from({ length: 20_000 }, (_, i) => [i]);
        const task = createTask(connection.executemany("insert into item values ($1)", rows));
        yield* sleep(5);
        task.cancel();
        yield* gather([task], { returnExceptions: true });
        expect(task.cancelled()).toBe(true);
        expect(yield* connection.fetchval("select count(*)::int from item")).toBe(0);
      }));
  });

  describe("a prepared statement", () => {
    it("is parsed once, executed often, and forgotten when it is closed", () =>
      withConnection(function* (connection) {
        const add = yield* connection.prepare("select $1::int + 1 as sum");
        expect(yield* add.fetchval(1)).toBe(2);
        expect(yield* add.fetch(2)).toEqual([{ sum: 3 }]);
        expect(yield* add.fetchrow(3)).toEqual({ sum: 4 });
        expect(yield* add.execute(4)).toBe("SELECT 1");
        const count = "select count(*)::int from pg_prepared_statements";
        expect(yield* connection.fetchval(count)).toBe(1);
        yield* add.close();
        yield* add.close();
        expect(yield* connection.fetchval(count)).toBe(0);
        expect((yield* thrownBy(add.fetch(1))).message).toBe("fetch: the prepared statement is closed.");
      }));

    it("that is wrong is refused when it is prepared", () =>
      withConnection(function* (connection) {
        const error = yield* thrownBy(connection.prepare("select nothing_like_that"));
        expect(error).toMatchObject({ code: "42703", position: 8 });
        expect(yield* connection.fetchval("select 1")).toBe(1);
      }));
  });

  describe("a transaction", () => {
    it("commits what its body did, or undoes it when the body throws", () =>
      withConnection(function* (connection) {
        yield* using(connection.transaction(), function* () {
          expect(connection.isInTransaction()).toBe(true);
          yield* connection.execute("insert into item values (1, 'kept')");
        });
        const error = yield* thrownBy(
          using(connection.transaction(), function* () {
            yield* connection.execute("insert into item values (2, 'gone')");
            throw new Error("no");
          }),
        );
        expect([error.message, connection.isInTransaction()]).toEqual(["no", false]);
        expect(yield* namesOf(connection)).toEqual(["kept"]);
      }));

    it("inside another is a savepoint", () =>
      withConnection(function* (connection) {
        yield* using(connection.transaction(), function* () {
          yield* connection.execute("insert into item values (1, 'outer')");
          for (const [id, fails] of [
            [2, true],
            [3, false],
          ] as const) {
            const attempt = using(connection.transaction(), function* () {
              yield* connection.execute("insert into item values ($1, 'inner')", id);
              if (fails) yield* connection.execute("select 1 / 0");
            });
            if (fails) expect(yield* thrownBy(attempt)).toMatchObject({ code: "22012" });
            else yield* attempt;
          }
        });
        expect(yield* connection.fetch("select id from item order by id")).toEqual([{ id: 1 }, { id: 3 }]);
      }));

    it("that is cancelled while it begins has not begun", () =>
      withConnection(function* (connection) {
        const beginning = createTask(using(connection.transaction(), () => awaiting(new Future())));
        yield* sleep(0);
        beginning.cancel();
        yield* gather([beginning], { returnExceptions: true });
        expect([beginning.cancelled(), connection.isInTransaction()]).toEqual([true, false]);
        expect(yield* connection.fetchval("select 1")).toBe(1);
      }));

    it("is begun as it was asked to be", () =>
      withConnection(function* (connection) {
        const modes = connection.transaction({ isolation: "serializable", readonly: true, deferrable: true });
        yield* using(modes, function* () {
          const show = ["transaction_isolation", "transaction_read_only", "transaction_deferrable"];
          const shown = [];
          for (const name of show) shown.push(yield* connection.fetchval(`show ${name}`));
          expect(shown).toEqual(["serializable", "on", "on"]);
        });
        expect(() => connection.transaction({ isolation: "none" as "serializable" })).toThrow(/isolation is one of/);
      }));

    it("that cannot commit says so, and is over", () =>
      withConnection(function* (connection) {
        const error = yield* thrownBy(
          using(connection.transaction(), function* () {
            yield* connection.execute(`insert into ${TABLE} values (1), (1)`);
          }),
        );
        expect(error).toMatchObject({ code: "23505" });
        expect(error.message).toMatch(/^COMMIT on /);
        expect(connection.isInTransaction()).toBe(false);
      }));

    it("does not pretend to commit when an error in it was swallowed", () =>
      withConnection(function* (connection) {
        const error = yield* thrownBy(
          using(connection.transaction(), function* () {
            yield* connection.execute("insert into item values (1)");
            yield* thrownBy(connection.execute("select 1 / 0"));
          }),
        );
        expect(error).toBeInstanceOf(InterfaceError);
        expect(error.message).toContain("nothing can be committed");
        expect(yield* namesOf(connection)).toEqual([]);
      }));

    it("rolls back what was cancelled in it, and the connection goes on", () =>
      withConnection(function* (connection) {
        const attempt = using(connection.transaction(), function* () {
          yield* connection.execute("insert into item values (1)");
          yield* connection.execute("select pg_sleep(10)");
        });
        expect(yield* thrownBy(waitFor(attempt, 30))).toBeInstanceOf(TimeoutError);
        expect(yield* namesOf(connection)).toEqual([]);
      }));
  });

  describe("a cursor", () => {
    it("fetches some rows at a time, and ends with the last", () =>
      withConnection(function* (connection) {
        const cursor = connection.cursor<{ n: number }>("select n from generate_series(1, $1) n", 5);
        const pieces: number[][] = [];
        for (let rows = yield* cursor.fetch(2); rows.length > 0; rows = yield* cursor.fetch(2)) {
          pieces.push(rows.map(({ n }) => n));
        }
        expect(pieces).toEqual([[1, 2], [3, 4], [5]]);
        expect(yield* cursor.fetch(1)).toEqual([]);
        yield* cursor.close();
        expect(yield* connection.fetchval("select 1")).toBe(1);
      }));

    it("keeps its connection until it is closed", () =>
      withConnection(function* (connection) {
        const cursor = connection.cursor("select * from generate_series(1, 1000000)");
        expect(yield* cursor.fetch(1)).toHaveLength(1);
        expect((yield* thrownBy(connection.fetch("select 1"))).message).toContain("a cursor is open");
        yield* cursor.close();
        yield* cursor.close();
        expect(yield* connection.fetchval("select 1")).toBe(1);
      }));

    it("that is not closed ends with its transaction", () =>
      withConnection(function* (connection) {
        yield* using(connection.transaction(), function* () {
          yield* connection.execute("insert into item values (1, 'kept')");
          yield* connection.cursor("select * from generate_series(1, 1000000)").fetch(1);
        });
        expect(yield* namesOf(connection)).toEqual(["kept"]);
      }));

    it("of a wrong statement says so at the first fetch", () =>
      withConnection(function* (connection) {
        const cursor = connection.cursor("select * from no_such_table");
        expect(yield* thrownBy(cursor.fetch(1))).toMatchObject({ code: "42P01", position: 15 });
        expect(yield* cursor.fetch(1)).toEqual([]);
        expect(yield* connection.fetchval("select 1")).toBe(1);
        expect((yield* thrownBy(connection.cursor("select 1").fetch(0))).name).toBe("ValueError");
      }));

    it("fails in the middle where its statement does", () =>
      withConnection(function* (connection) {
        const cursor = connection.cursor("select 1 / (3 - n) from generate_series(1, 9) n");
        expect(yield* cursor.fetch(2)).toHaveLength(2);
        expect(yield* thrownBy(cursor.fetch(2))).toMatchObject({ code: "22012" });
        expect(yield* connection.fetchval("select 1")).toBe(1);
      }));
  });

  describe("a listener", () => {
    it("hears what others send to its channel, until it is removed", () =>
      withConnection(function* (connection) {
        const channel = `Channel "${process.pid}`;
        const heard: string[] = [];
        const listener = (payload: string): void => void heard.push(payload);
        const other = yield* connect(postgres.url);
        yield* connection.addListener(channel, listener);
        yield* connection.addListener(channel, (payload) => void heard.push(`${payload} again`));
        yield* other.fetch("select pg_notify($1, 'one')", channel);
        yield* until(() => heard.length === 2);
        yield* connection.removeListener(channel, listener);
        yield* other.fetch("select pg_notify($1, 'two')", channel);
        yield* until(() => heard.length === 3);
        expect(heard).toEqual(["one", "one again", "two again"]);
        yield* other.close();
      }));

    it("that throws is reported, and nothing else happens", async () => {
      const { result, reports } = await runAndLook(function* () {
        const connection = yield* connect(postgres.url);
        const channel = `boom_${process.pid}`;
        yield* connection.addListener(channel, () => {
          throw new Error("boom");
        });
        yield* connection.execute(`notify ${channel}`);
        yield* sleep(5);
        const one = yield* connection.fetchval("select 1");
        yield* connection.close();
        return one;
      });
      expect(result).toBe(1);
      expect(reports).toEqual([expect.stringContaining("boom")]);
    });
  });

  describe("a timeout", () => {
    it("of one call, of the connection, or around it, stops the statement on the server", () =>
      runClean(function* () {
        const connection = yield* connect({ url: postgres.url, commandTimeout: 20 });
        const sleeping = "select pg_sleep(10)";
        const messages = [];
        for (const attempt of [
          connection.fetch(sleeping),
          connection.fetch({ sql: sleeping, timeout: 10 }),
          waitFor(connection.fetch({ sql: sleeping, timeout: null }), 10),
        ]) {
          const error = yield* thrownBy(attempt);
          expect(error).toBeInstanceOf(TimeoutError);
          messages.push(error.message.replace(/on .*: /, ""));
        }
        expect(messages).toEqual(["fetch no answer within 20 ms.", "fetch no answer within 10 ms.", ""]);
        expect(yield* connection.fetchval("select 1")).toBe(1);
        yield* connection.close();
      }));
  });

  describe("a pool", () => {
    it("serves more tasks than it has connections", () =>
      withPool({ maxSize: 3 }, function* (pool) {
        const numbers = Array.from({ length: 20 }, (_, i) => i);
        expect(yield* gather(numbers.map((n) => pool.fetchval("select $1::int", n)))).toEqual(numbers);
        expect([pool.size, pool.idleSize]).toEqual([3, 3]);
      }));

    it("makes its first connections at once, as many as minSize", () =>
      withPool({ minSize: 2, maxSize: 4 }, function* (pool) {
        expect([pool.size, pool.idleSize]).toEqual([2, 2]);
      }));

    it("lends a connection for a body, and takes it back as new", () =>
      withPool({ maxSize: 1 }, function* (pool) {
        let kept: Connection | undefined;
        yield* using(pool.acquire(), function* (connection) {
          kept = connection;
          yield* connection.execute("set search_path = elsewhere");
          yield* connection.execute("begin");
          yield* connection.addListener("left", () => {});
          yield* connection.prepare("select 1");
          yield* connection.cursor("select * from generate_series(1, 10)").fetch(1);
        });
        expect(kept?.isClosed()).toBe(true);
        expect((yield* thrownBy(kept!.fetch("select 1"))).message).toBe(
          "fetch: the connection was given back to its pool.",
        );
        yield* using(pool.acquire(), function* (connection) {
          expect(connection.isInTransaction()).toBe(false);
          expect(yield* connection.fetchval("show search_path")).not.toBe("elsewhere");
          expect(yield* connection.fetch("select pg_listening_channels()")).toEqual([]);
          expect(yield* connection.fetch("select name from pg_prepared_statements")).toEqual([]);
        });
        expect(pool.size).toBe(1);
      }));

    it("takes back a connection whose settings alone have changed", () =>
      withPool({ maxSize: 1 }, function* (pool) {
        const change = "set search_path = elsewhere";
        yield* using(pool.acquire(), (connection) => connection.execute(change));
        expect(yield* pool.fetchval("show search_path")).not.toBe("elsewhere");
      }));

    it("leaves settings as they are when it is told not to reset", () =>
      withPool({ maxSize: 1, reset: null }, function* (pool) {
        yield* using(pool.acquire(), (connection) => connection.execute("set search_path = elsewhere"));
        expect(yield* pool.fetchval("show search_path")).toBe("elsewhere");
      }));

    it("undoes a transaction that a single statement left open", () =>
      withPool({ maxSize: 1 }, function* (pool) {
        yield* pool.execute("begin; create temporary table left_behind ()");
        expect(yield* pool.fetchval("select to_regclass('left_behind')")).toBe(null);
        expect([pool.size, pool.idleSize]).toEqual([1, 1]);
      }));

    it("lends a connection with a transaction", () =>
      withPool({}, function* (pool) {
        const error = yield* thrownBy(
          using(pool.transaction({ isolation: "serializable" }), function* (connection) {
            yield* connection.execute(`insert into ${TABLE} values (5)`);
            expect(yield* connection.fetchval("show transaction_isolation")).toBe("serializable");
            throw new Error("no");
          }),
        );
        expect(error.message).toBe("no");
        expect(yield* pool.fetchval(`select count(*)::int from ${TABLE} where id = 5`)).toBe(0);
      }));

    it("makes no one wait longer than acquireTimeout", () =>
      withPool({ maxSize: 1, acquireTimeout: 5 }, function* (pool) {
        yield* using(pool.acquire(), function* () {
          const error = yield* thrownBy(pool.fetch("select 1"));
          expect(error).toBeInstanceOf(TimeoutError);
          expect(error.message).toContain("none of the 1 connections became free within 5 ms");
        });
        expect(yield* pool.fetchval("select 1")).toBe(1);
      }));

    it("closes connections that nobody has used for long", () =>
      withPool({ minSize: 2, maxInactiveLifetime: 5 }, function* (pool) {
        yield* until(() => pool.size === 0);
        expect(yield* pool.fetchval("select 1")).toBe(1);
      }));

    it("does not give out a connection that the server has closed", () =>
      withPool({ maxSize: 1 }, function* (pool) {
        const pid = yield* pool.fetchval("select pg_backend_pid()");
        const other = yield* connect(postgres.url);
        yield* other.fetch("select pg_terminate_backend($1)", pid);
        yield* other.fetch("select pg_sleep(0.02)");
        yield* other.close();
        expect(yield* pool.fetchval("select pg_backend_pid()")).not.toBe(pid);
        expect([pool.size, pool.idleSize]).toEqual([1, 1]);
      }));

    it("closes when all is given back; who comes then is refused", () =>
      runClean(function* () {
        const pool = yield* createPool({ url: postgres.url, minSize: 1, maxSize: 1 });
        const enough = new Future<void>();
        const borrowed = createTask(using(pool.acquire(), () => awaiting(enough)));
        const waiting = createTask(pool.fetch("select 2"));
        yield* sleep(1);
        const closing = createTask(pool.close());
        yield* sleep(0);
        expect((yield* thrownBy(pool.fetch("select 3"))).message).toContain("the pool is closing");
        enough.setResult();
        expect((yield* thrownBy(waiting)).message).toContain("the pool is closing");
        yield* closing;
        yield* borrowed;
        yield* pool.close();
        expect((yield* thrownBy(pool.fetch("select 4"))).message).toContain("the pool is closed");
      }));

    it("whose close is cancelled, or that is terminated, closes what is lent", () =>
      runClean(function* () {
        for (const end of ["cancel", "terminate"] as const) {
          const pool = yield* createPool({ url: postgres.url, minSize: 1, maxSize: 2 });
          const borrowed = createTask(pool.fetch("select pg_sleep(1)"));
          yield* sleep(10);
          if (end === "terminate") pool.terminate();
          else yield* thrownBy(waitFor(pool.close(), 5));
          expect((yield* thrownBy(borrowed)).message).toContain("the connection is closed");
          expect(pool.size).toBe(0);
        }
      }));

    it("that nobody closes is closed and reported when the loop ends", async () => {
      const { reports, leaked } = await runAndLook(function* () {
        yield* createPool({ url: postgres.url, minSize: 2, maxSize: 2 });
        yield* connect(postgres.url);
      });
      expect(leaked).toBe(0);
      expect(reports).toEqual([
        expect.stringMatching(/Still open when the loop closed: <Pool open .* size:2 idle:2>/),
        expect.stringMatching(/Still open when the loop closed: <Connection open .*>/),
      ]);
    });
  });

  it("throws what asyncpg's users know: an error of a class", () =>
    withConnection(function* (connection) {
      expect(yield* thrownBy(connection.fetch("select 1 / 0"))).toBeInstanceOf(PostgresError);
    }));
});
