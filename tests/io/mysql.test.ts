import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Coroutine, TimeoutError, createTask, gather, run, sleep, using, waitFor } from "../../src/index.ts";
import {
  type Connection,
  InterfaceError,
  type Pool,
  type PoolOptions,
  connect,
  createPool,
} from "../../src/io/mysql.ts";
import { proxied } from "./fake-servers.ts";
import { runAndLook, runClean, until } from "./run-io.ts";
import { mysql, titled } from "./services.ts";
import { thrownBy } from "./thrown-by.ts";

const TABLE = `escapement_test_${process.pid}`;
const MANY = "select seq from seq_1_to_10000000";

/** A program with a connection of its own, and a table that is only that connection's. */
function withConnection(body: (connection: Connection) => Coroutine<void>): Promise<void> {
  return runClean(function* () {
    const connection = yield* connect(mysql.url);
    try {
      yield* connection.execute(
        "create temporary table item (id int primary key auto_increment, name text) engine=innodb",
      );
      yield* body(connection);
    } finally {
      yield* connection.close();
    }
  });
}

function withPool(options: PoolOptions, body: (pool: Pool) => Coroutine<void>): Promise<void> {
  return runClean(function* () {
    yield* using(yield* createPool({ url: mysql.url, minSize: 0, maxSize: 2, ...options }), body);
  });
}

function* namesOf(connection: Connection): Coroutine<unknown[]> {
  return (yield* connection.query("select name from item order by id")).map(({ name }) => name);
}

describe.skipIf(mysql.missing !== undefined)(titled("escapement/mysql", mysql), () => {
  beforeAll(() => run(() => once(`create table ${TABLE} (id int primary key) engine=innodb`)));
  afterAll(() => run(() => once(`drop table ${TABLE}`)));

  function* once(sql: string): Coroutine<void> {
    const connection = yield* connect(mysql.url);
    yield* connection.execute(sql);
    yield* connection.close();
  }

  describe("a statement", () => {
    it("that queries gives rows as objects", () =>
      withConnection(function* (connection) {
        const sql = "select seq n, ? as name from seq_1_to_10 where seq <= ?";
        expect(yield* connection.query(sql, ["x'y", 2])).toEqual([
          { n: 1, name: "x'y" },
          { n: 2, name: "x'y" },
        ]);
        expect(yield* connection.query("select 1 from dual where false")).toEqual([]);
        expect(yield* connection.query("set @a = 1")).toEqual([]);
      }));

    it("that executes says what it did", () =>
      withConnection(function* (connection) {
        const insert = "insert into item (name) values (?)";
        expect(yield* connection.execute(insert, ["a"])).toEqual({ affectedRows: 1, insertId: 1 });
        expect(yield* connection.execute(insert, [null])).toEqual({ affectedRows: 1, insertId: 2 });
        expect(yield* connection.execute("delete from item")).toEqual({ affectedRows: 2, insertId: 0 });
        expect(yield* connection.execute("select 1 union select 2")).toEqual({ affectedRows: 2, insertId: 0 });
      }));

    it("takes null, numbers, texts, lists, bytes and dates", () =>
      withConnection(function* (connection) {
        const date = new Date(2026, 0, 2, 3, 4, 5);
        const sql = "select ? a, ? b, ? c, cast(? as binary) d, cast(? as datetime) e, 2 in (?) f";
        expect(yield* connection.query(sql, [null, 7, "ü'\"\\😀", Buffer.from([0, 255]), date, [1, 2]])).toEqual([
          { a: null, b: 7, c: "ü'\"\\😀", d: Buffer.from([0, 255]), e: date, f: 1 },
        ]);
      }));

    it("takes an object as text, not as a condition", () =>
      withConnection(function* (connection) {
        yield* connection.execute("insert into item (name) values ('secret')");
        const found = yield* connection.query("select * from item where name = ?", [{ name: 1 }]);
        expect(found).toEqual([]);
      }));

    it("runs one at a time on a connection: a second is refused", () =>
      withConnection(function* (connection) {
        const first = createTask(connection.query("select sleep(0.02) a"));
        yield* sleep(0);
        const error = yield* thrownBy(connection.query("select 2"));
        expect(error).toBeInstanceOf(InterfaceError);
        expect(error.message).toContain("the connection is busy with query");
        expect(yield* first).toEqual([{ a: 0 }]);
      }));

    it("that takes too long is stopped on the server", () =>
      runClean(function* () {
        const connection = yield* connect({ url: mysql.url, commandTimeout: 20 });
        const sleeping = "select sleep(10)";
        const messages = [];
        for (const attempt of [
          connection.query(sleeping),
          connection.execute(sleeping, [], { timeout: 10 }),
          waitFor(connection.query(sleeping, [], { timeout: null }), 10),
        ]) {
          const error = yield* thrownBy(attempt);
          expect(error).toBeInstanceOf(TimeoutError);
          messages.push(error.message.replace(/on .*: /, ""));
        }
        expect(messages).toEqual(["query no answer within 20 ms.", "execute no answer within 10 ms.", ""]);
        expect(yield* connection.query("select 1 a")).toEqual([{ a: 1 }]);
        yield* connection.close();
      }));
  });

  describe("a stream of rows", () => {
    it("gives them one at a time, and null at the end", () =>
      withConnection(function* (connection) {
        const stream = connection.stream<{ seq: number }>("select seq from seq_1_to_1000 where seq <= ?", [500]);
        let sum = 0;
        for (let row = yield* stream.next(); row !== null; row = yield* stream.next()) sum += row.seq;
        expect(sum).toBe(125_250);
        expect(yield* stream.next()).toBe(null);
        yield* stream.close();
        expect(yield* connection.query("select 1 a")).toEqual([{ a: 1 }]);
      }));

    it("makes the server wait while nobody takes them", () =>
      runClean(function* () {
        const url = new URL(mysql.url);
        yield* proxied({ host: url.hostname, port: Number(url.port) }, function* (proxy) {
          url.port = String(proxy.port);
          const connection = yield* connect(url.href);
          const stream = connection.stream<{ seq: number }>("select seq, repeat('x', 1000) from seq_1_to_100000");
          expect((yield* stream.next())?.seq).toBe(1);
          // Until nothing comes any more. All of them are 100 MB; what Node, the proxy and the kernel hold is a few.
          for (let before = -1; before !== proxy.passed.bytes; yield* sleep(50)) before = proxy.passed.bytes;
          expect(proxy.passed.bytes).toBeLessThan(30e6);
          for (let n = 2; n <= 1000; n += 1) expect((yield* stream.next())?.seq).toBe(n);
          yield* stream.close();
          yield* connection.close();
        });
      }));

    it("keeps its connection until it is closed, and then the server has stopped", () =>
      withConnection(function* (connection) {
        const stream = connection.stream(MANY);
        yield* stream.next();
        expect((yield* thrownBy(connection.query("select 1"))).message).toContain("a stream of rows is open");
        yield* stream.close();
        yield* stream.close();
        expect(yield* stream.next()).toBe(null);
        expect(yield* connection.query("select 1 a")).toEqual([{ a: 1 }]);
      }));

    it("that the server has ended already is closed with a statement that may be killed in the next one's place", () =>
      withConnection(function* (connection) {
        const stream = connection.stream("select seq from seq_1_to_100");
        yield* stream.next();
        yield* sleep(10);
        yield* stream.close();
        const done = yield* connection.query("show session status like 'Com_do'");
        expect(done).toEqual([{ Variable_name: "Com_do", Value: "1" }]);
      }));

    it("that was not begun is closed without a word", () =>
      withConnection(function* (connection) {
        const stream = connection.stream(MANY);
        yield* stream.close();
        expect(yield* stream.next()).toBe(null);
      }));

    it("of a wrong statement says so, once", () =>
      withConnection(function* (connection) {
        const stream = connection.stream("select * from no_such_table");
        expect(yield* thrownBy(stream.next())).toMatchObject({ name: "MysqlError", code: "ER_NO_SUCH_TABLE" });
        expect(yield* stream.next()).toBe(null);
        expect(yield* connection.query("select 1 a")).toEqual([{ a: 1 }]);
      }));

    it("of a statement without rows has none", () =>
      withConnection(function* (connection) {
        const stream = connection.stream("insert into item (name) values ('a')");
        expect(yield* stream.next()).toBe(null);
        expect(yield* namesOf(connection)).toEqual(["a"]);
      }));

    it("that is not closed ends with its transaction, or with its connection", () =>
      withConnection(function* (connection) {
        yield* using(connection.transaction(), function* () {
          yield* connection.execute("insert into item (name) values ('kept')");
          yield* connection.stream(MANY).next();
        });
        expect(yield* namesOf(connection)).toEqual(["kept"]);
        yield* connection.stream(MANY).next();
      }));
  });

  describe("a transaction", () => {
    it("commits what its body did, or undoes it when the body throws", () =>
      withConnection(function* (connection) {
        yield* using(connection.transaction(), () => connection.execute("insert into item (name) values ('kept')"));
        const error = yield* thrownBy(
          using(connection.transaction(), function* () {
            yield* connection.execute("insert into item (name) values ('gone')");
            throw new Error("no");
          }),
        );
        expect(error.message).toBe("no");
        expect(yield* namesOf(connection)).toEqual(["kept"]);
      }));

    it("inside another is a savepoint", () =>
      withConnection(function* (connection) {
        yield* using(connection.transaction(), function* () {
          yield* connection.execute("insert into item (name) values ('outer')");
          const failing = using(connection.transaction(), function* () {
            yield* connection.execute("insert into item (name) values ('inner 1')");
            yield* connection.query("select * from no_such_table");
          });
          expect(yield* thrownBy(failing)).toMatchObject({ code: "ER_NO_SUCH_TABLE" });
          yield* using(connection.transaction(), () =>
            connection.execute("insert into item (name) values ('inner 2')"),
          );
        });
        expect(yield* namesOf(connection)).toEqual(["outer", "inner 2"]);
      }));

    it("is begun as it was asked to be", () =>
      withConnection(function* (connection) {
        const modes = connection.transaction({ isolation: "read committed", readonly: true });
        const refused = using(modes, () => connection.execute(`insert into ${TABLE} values (1)`));
        expect(yield* thrownBy(refused)).toMatchObject({ code: "ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION" });
        expect(() => connection.transaction({ isolation: "none" as "serializable" })).toThrow(/isolation is one of/);
      }));

    it("rolls back what was cancelled in it, and the connection goes on", () =>
      withConnection(function* (connection) {
        const attempt = using(connection.transaction(), function* () {
          yield* connection.execute("insert into item (name) values ('gone')");
          yield* connection.query("select sleep(10)");
        });
        expect(yield* thrownBy(waitFor(attempt, 30))).toBeInstanceOf(TimeoutError);
        expect(yield* namesOf(connection)).toEqual([]);
      }));
  });

  describe("a pool", () => {
    it("serves more tasks than it has connections", () =>
      withPool({ maxSize: 3 }, function* (pool) {
        const numbers = Array.from({ length: 20 }, (_, i) => i);
        const rows = yield* gather(numbers.map((n) => pool.query<{ n: number }>("select ? n", [n])));
        expect(rows.map(([row]) => row?.n)).toEqual(numbers);
        expect([pool.size, pool.idleSize]).toEqual([3, 3]);
      }));

    it("lends a connection for a body, and takes it back with nothing open", () =>
      withPool({ maxSize: 1 }, function* (pool) {
        let kept: Connection | undefined;
        yield* using(pool.acquire(), function* (connection) {
          kept = connection;
          yield* connection.execute("set autocommit = 0");
          yield* connection.execute(`insert into ${TABLE} values (7)`);
          yield* connection.stream(MANY).next();
        });
        expect(kept?.isClosed()).toBe(true);
        expect((yield* thrownBy(kept!.query("select 1"))).message).toContain("given back to its pool");
        expect(yield* pool.query(`select @@autocommit a, (select count(*) from ${TABLE}) n`)).toEqual([{ a: 1, n: 0 }]);
        yield* pool.execute("begin");
        expect(yield* pool.query("select @@in_transaction a")).toEqual([{ a: 0 }]);
        expect(pool.size).toBe(1);
      }));

    it("lends a connection with a transaction", () =>
      withPool({}, function* (pool) {
        const error = yield* thrownBy(
          using(pool.transaction(), function* (connection) {
            yield* connection.execute(`insert into ${TABLE} values (5)`);
            throw new Error("no");
          }),
        );
        expect(error.message).toBe("no");
        expect(yield* pool.query(`select * from ${TABLE}`)).toEqual([]);
      }));

    it("makes no one wait longer than acquireTimeout", () =>
      withPool({ maxSize: 1, acquireTimeout: 5 }, function* (pool) {
        yield* using(pool.acquire(), function* () {
          expect(yield* thrownBy(pool.query("select 1"))).toBeInstanceOf(TimeoutError);
        });
        expect(yield* pool.query("select 1 a")).toEqual([{ a: 1 }]);
      }));

    it("closes connections that nobody has used for long", () =>
      withPool({ minSize: 2, maxInactiveLifetime: 5 }, function* (pool) {
        yield* until(() => pool.size === 0);
        expect(yield* pool.query("select 1 a")).toEqual([{ a: 1 }]);
      }));

    it("that nobody closes is closed and reported when the loop ends", async () => {
      const { reports, leaked } = await runAndLook(function* () {
        yield* createPool({ url: mysql.url, minSize: 2, maxSize: 2 });
        yield* connect(mysql.url);
      });
      expect(leaked).toBe(0);
      expect(reports).toEqual([
        expect.stringMatching(/Still open when the loop closed: <Pool open .* size:2 idle:2>/),
        expect.stringMatching(/Still open when the loop closed: <Connection open .*>/),
      ]);
    });
  });
});
