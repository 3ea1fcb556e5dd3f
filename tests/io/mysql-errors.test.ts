import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Coroutine, TimeoutError, createTask, isCancelled, run, runSync, sleep, using } from "../../src/index.ts";
import {
  type Connection,
  ConnectionRefusedError,
  ConnectionResetError,
  MysqlError,
  UnknownHostError,
  connect,
  createPool,
} from "../../src/io/mysql.ts";
import { fakeServer, proxied } from "./fake-servers.ts";
import { runClean } from "./run-io.ts";
import { mysql, titled } from "./services.ts";
import { thrownBy } from "./thrown-by.ts";

const { hostname, port } = new URL(mysql.url);
const target = { host: hostname, port: Number(port) };
const SLEEPING = "select sleep(1)";

describe("connecting to MySQL", () => {
  it("names the target and the cause when nobody listens", () =>
    runClean(function* () {
      for (const attempt of [connect, createPool]) {
        const error = yield* thrownBy(attempt("mysql://me:secret@127.0.0.1:1/nowhere"));
        expect(error).toBeInstanceOf(ConnectionRefusedError);
        expect(error.message).toMatch(/^(connect|Pool\.connect) to 127\.0\.0\.1:1\/nowhere: .* \(ECONNREFUSED\)\.$/);
        expect(error.cause).toMatchObject({ code: "ECONNREFUSED" });
      }
    }));

  it("names a host that is not known", () =>
    runClean(function* () {
      const error = yield* thrownBy(connect({ host: "no-such-host.invalid", database: "x" }));
      expect(error).toBeInstanceOf(UnknownHostError);
      expect(error.target).toBe("no-such-host.invalid:3306/x");
    }));

  it("fails when the other side hangs up", () =>
    runClean(function* () {
      yield* fakeServer({ hangUp: true }, function* (fake) {
        const error = yield* thrownBy(connect(`mysql://me@127.0.0.1:${fake}/x`));
        expect(error).toBeInstanceOf(ConnectionResetError);
        expect(error.message).toBe(`connect to 127.0.0.1:${fake}/x: the server closed the connection.`);
      });
    }));

  it("takes no longer than connectTimeout", () =>
    runClean(function* () {
      yield* fakeServer({}, function* (fake) {
        const error = yield* thrownBy(connect({ host: "127.0.0.1", port: fake, connectTimeout: 10 }));
        expect(error).toBeInstanceOf(TimeoutError);
        expect(error.message).toBe(`connect to 127.0.0.1:${fake}/: no connection within 10 ms.`);
      });
    }));

  it("refuses options that make no sense, and shows no password", () =>
    runClean(function* () {
      const wrong = (options: unknown) => thrownBy(createPool(options as string));
      expect((yield* wrong(7)).message).toBe("createPool: a URL or options are expected, not number.");
      expect((yield* wrong({ maxSize: 0 })).message).toMatch(/maxSize is a whole number/);
      expect((yield* wrong({ cancelTimeout: "soon" })).message).toMatch(/cancelTimeout/);
      const error = yield* wrong("mysql://me:secret@[::/x");
      expect([error.name, String(error).includes("secret")]).toEqual(["ValueError", false]);
      expect((yield* wrong({ charset: "klingon" })).message).toMatch(/the options are not understood: .*klingon/);
    }));

  it("needs the host's loop", () => {
    expect(() => runSync(() => connect(mysql.url))).toThrow(/servers are reached through the host's loop/);
  });
});

describe.skipIf(mysql.missing !== undefined)(titled("with a MariaDB server", mysql), () => {
  const user = `escapement_${process.pid}`;
  const asRoot = (sql: string): Promise<void> =>
    run(function* () {
      const connection = yield* connect(mysql.url);
      yield* connection.execute(sql);
      yield* connection.close();
    });
  beforeAll(() => asRoot(`create user '${user}'@'%' identified by 'right'`));
  afterAll(() => asRoot(`drop user '${user}'@'%'`));

  it("a wrong password and an unknown database are the server's errors", () =>
    runClean(function* () {
      const wrong = yield* thrownBy(connect({ ...target, user, password: "wrong" }));
      expect(wrong).toBeInstanceOf(MysqlError);
      expect(wrong).toMatchObject({ code: "ER_ACCESS_DENIED_ERROR", errno: 1045, target: `${hostname}:${port}/` });
      expect(wrong.message).toContain(`connect to ${hostname}:${port}/: Access denied for user '${user}'`);
      const unknown = yield* thrownBy(connect(new URL("/no_such_database", mysql.url).href));
      expect(unknown).toMatchObject({ code: "ER_BAD_DB_ERROR", errno: 1049 });
      yield* (yield* connect({ ...target, user, password: "right" })).close();
    }));

  it("an error of SQL has the server's code, number and state, and the statement", () =>
    runClean(function* () {
      const connection = yield* connect(mysql.url);
      const error = yield* thrownBy(connection.query("select * from no_such_table where a = ?", [1]));
      expect(error).toMatchObject({
        name: "MysqlError",
        code: "ER_NO_SUCH_TABLE",
        errno: 1146,
        sqlState: "42S02",
        sql: "select * from no_such_table where a = 1",
        target: `${hostname}:${port}/test`,
      });
      expect(error.message).toBe(
        `query on ${hostname}:${port}/test: Table 'test.no_such_table' doesn't exist (ER_NO_SUCH_TABLE).`,
      );
      for (const wrong of [connection.query(7 as unknown as string), connection.query("", 7 as unknown as [])]) {
        expect((yield* thrownBy(wrong)).name).toBe("TypeError");
      }
      yield* connection.close();
      expect((yield* thrownBy(connection.query("select 1"))).message).toMatch(/the connection is closed\.$/);
    }));

  it("a session that the server ends in mid-query says so, and its pool goes on", () =>
    runClean(function* () {
      yield* using(yield* createPool({ url: mysql.url, minSize: 2, maxSize: 2 }), function* (pool) {
        const mark = `ends ${process.pid}`;
        const dying = createTask(pool.query(`select sleep(10), '${mark}'`));
        yield* sleep(20);
        const find = "select id from information_schema.processlist where info like ? and id <> connection_id()";
        const [found] = yield* pool.query<{ id: number }>(find, [`%${mark}%`]);
        yield* pool.execute(`kill ${found!.id}`);
        const error = yield* thrownBy(dying);
        expect(error.message).toMatch(/^query on .*(the server closed the connection|Connection was killed)/);
        expect(yield* pool.query("select 1 a")).toEqual([{ a: 1 }]);
        expect(pool.size).toBe(pool.idleSize);
      });
    }));

  const ways: readonly ((connection: Connection) => Coroutine<unknown>)[] = [
    (connection) => connection.query(SLEEPING),
    (connection) => connection.execute(SLEEPING),
    (connection) => connection.stream(SLEEPING).next(),
    (connection) => using(connection.transaction(), () => connection.query(SLEEPING)),
  ];

  it("a connection that is reset in mid-query says so, whatever the query was", () =>
    runClean(function* () {
      yield* proxied(target, function* (proxy) {
        const url = new URL(mysql.url);
        url.port = String(proxy.port);
        for (const ask of ways) {
          const connection = yield* connect(url.href);
          const asking = createTask(ask(connection));
          yield* sleep(10);
          proxy.reset();
          const error = yield* thrownBy(asking);
          expect(error).toBeInstanceOf(ConnectionResetError);
          expect(error.message).toContain(`127.0.0.1:${proxy.port}/test`);
          const after = yield* thrownBy(connection.query("select 1"));
          expect([after.name, after.cause instanceof Error]).toEqual(["InterfaceError", true]);
          yield* connection.close();
        }
      });
    }));

  it("a server that does not stop when it is told to loses its connection, and the pool goes on", () =>
    runClean(function* () {
      yield* proxied(target, function* (proxy) {
        const url = new URL(mysql.url);
        url.port = String(proxy.port);
        const options = { url: url.href, minSize: 1, maxSize: 1, cancelTimeout: 30 };
        yield* using(yield* createPool(options), function* (pool) {
          const id = "select connection_id() id";
          const [first] = yield* pool.query<{ id: number }>(id);
          const asking = createTask(pool.query("select sleep(1)"));
          yield* sleep(5);
          proxy.freeze();
          asking.cancel();
          expect(isCancelled(yield* thrownBy(asking))).toBe(true);
          expect(yield* pool.query(id)).not.toEqual([first]);
          expect([pool.size, pool.idleSize]).toEqual([1, 1]);
        });
      });
    }));
});
