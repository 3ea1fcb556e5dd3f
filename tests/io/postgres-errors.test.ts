import { describe, expect, it } from "vitest";
import { type Coroutine, TimeoutError, createTask, isCancelled, run, runSync, sleep, using } from "../../src/index.ts";
import {
  type Connection,
  ConnectionRefusedError,
  ConnectionResetError,
  type Cursor,
  InterfaceError,
  PostgresError,
  type Row,
  TlsError,
  UnknownHostError,
  connect,
  createPool,
} from "../../src/io/postgres.ts";
import { certificate } from "./carriers.ts";
import { fakeServer, proxied, securely } from "./fake-servers.ts";
import { runClean } from "./run-io.ts";
import { postgres, titled } from "./services.ts";
import { thrownBy } from "./thrown-by.ts";

const { hostname, port } = new URL(postgres.url);
const target = { host: hostname, port: Number(port) };

/** A message of the server's: a letter, a length, and zero-terminated fields. */
function errorResponse(fields: Record<string, string>): Buffer {
  const body = Object.entries(fields).map(([letter, text]) => `${letter}${text}\0`);
  const text = Buffer.from(`${body.join("")}\0`);
  const head = Buffer.from([69, 0, 0, 0, 0]);
  head.writeUInt32BE(text.length + 4, 1);
  return Buffer.concat([head, text]);
}

const SLEEPING = "select pg_sleep(1)";
const ways: readonly ((connection: Connection) => Coroutine<unknown>)[] = [
  (connection) => connection.fetch(SLEEPING),
  (connection) => connection.execute(SLEEPING),
  (connection) => connection.executemany(SLEEPING, [[], []]),
  (connection) => connection.cursor(SLEEPING).fetch(1),
  (connection) => using(connection.transaction(), () => connection.fetch(SLEEPING)),
];

describe("connecting to PostgreSQL", () => {
  it("names the target and the cause when nobody listens", () =>
    runClean(function* () {
      for (const attempt of [connect, createPool]) {
        const error = yield* thrownBy(attempt("postgres://me:secret@127.0.0.1:1/nowhere"));
        expect(error).toBeInstanceOf(ConnectionRefusedError);
        expect(error.message).toMatch(/^(connect|Pool\.connect) to 127\.0\.0\.1:1\/nowhere: .* \(ECONNREFUSED\)\.$/);
        expect(error.cause).toMatchObject({ code: "ECONNREFUSED" });
      }
    }));

  it("names a host that is not known", () =>
    runClean(function* () {
      const error = yield* thrownBy(connect({ host: "no-such-host.invalid", user: "me", database: "x" }));
      expect(error).toBeInstanceOf(UnknownHostError);
      expect(error.target).toBe("no-such-host.invalid:5432/x");
    }));

  it("gives the server's reason when the password is wrong", () =>
    runClean(function* () {
      const answer = errorResponse({ S: "FATAL", C: "28P01", M: 'password authentication failed for user "me"' });
      yield* fakeServer({ answer, hangUp: true }, function* (fake) {
        const error = yield* thrownBy(connect(`postgres://me:secret@127.0.0.1:${fake}/x`));
        expect(error).toBeInstanceOf(PostgresError);
        expect(error).toMatchObject({ code: "28P01", severity: "FATAL", target: `127.0.0.1:${fake}/x` });
        expect(error.message).toBe(
          `connect to 127.0.0.1:${fake}/x: password authentication failed for user "me" (28P01).`,
        );
      });
    }));

  it.each([
    ["hangs up", {}],
    ["speaks another language", { greeting: Buffer.from("HTTP/1.1 400 Bad Request\r\n\r\n") }],
  ])("fails when the other side %s", (_what, manners) =>
    runClean(function* () {
      yield* fakeServer({ ...manners, hangUp: true }, function* (fake) {
        const error = yield* thrownBy(connect({ host: "127.0.0.1", port: fake, user: "me", connectTimeout: 2000 }));
        expect(error.message).toContain(`127.0.0.1:${fake}`);
      });
    }),
  );

  it("fails when TLS is wanted and the server has none", () =>
    runClean(function* () {
      yield* fakeServer({ answer: Buffer.from("N") }, function* (fake) {
        const error = yield* thrownBy(connect({ host: "127.0.0.1", port: fake, user: "me", ssl: true }));
        expect(error).toBeInstanceOf(TlsError);
        expect(error.message).toContain("The server does not support SSL connections");
      });
    }));

  it("takes no longer than connectTimeout", () =>
    runClean(function* () {
      yield* fakeServer({}, function* (fake) {
        const error = yield* thrownBy(connect({ host: "127.0.0.1", port: fake, user: "me", connectTimeout: 10 }));
        expect(error).toBeInstanceOf(TimeoutError);
        expect(error.message).toBe(`connect to 127.0.0.1:${fake}/me: no connection within 10 ms.`);
      });
    }));

  it("refuses options that make no sense, and shows no password", () =>
    runClean(function* () {
      const wrong = (options: unknown) => thrownBy(createPool(options as string));
      expect((yield* wrong(undefined)).message).toBe("createPool: a URL or options are expected, not undefined.");
      expect((yield* wrong({ maxSize: 0 })).message).toMatch(/maxSize is a whole number/);
      expect((yield* wrong({ maxSize: 1, minSize: 2 })).message).toMatch(/minSize is a whole number/);
      expect((yield* wrong({ connectTimeout: Number.NaN })).message).toMatch(/connectTimeout/);
      const error = yield* wrong("postgres://me:secret@[::/x");
      expect([error.name, String(error).includes("secret")]).toEqual(["ValueError", false]);
      expect((yield* thrownBy(connect({ host: "127.0.0.1", port: 99_999, user: "me" }))).name).toBe("NetworkError");
    }));

  it("needs the host's loop", () => {
    expect(() => runSync(() => connect(postgres.url))).toThrow(/servers are reached through the host's loop/);
  });
});

describe.skipIf(postgres.missing !== undefined)(titled("with a PostgreSQL server", postgres), () => {
  it("an unknown database is named", () =>
    runClean(function* () {
      const error = yield* thrownBy(connect(new URL("/no_such_database", postgres.url).href));
      expect(error).toMatchObject({ name: "PostgresError", code: "3D000", severity: "FATAL" });
      expect(error.message).toContain('database "no_such_database" does not exist (3D000)');
    }));

  it("an error of SQL has the server's code, position and other fields", () =>
    runClean(function* () {
      const connection = yield* connect(postgres.url);
      const error = yield* thrownBy(connection.fetch("select * from no_such_table where a = $1", 1));
      expect(error).toMatchObject({
        code: "42P01",
        severity: "ERROR",
        position: 15,
        sql: "select * from no_such_table where a = $1",
        target: `${hostname}:${port}/test`,
      });
      expect(error.message).toBe(
        `fetch on ${hostname}:${port}/test: relation "no_such_table" does not exist (42P01), at character 15: "no_such_table where ".`,
      );
      yield* connection.execute("create temporary table t (id int constraint positive check (id > 0))");
      expect(yield* thrownBy(connection.execute("insert into t values (-1)"))).toMatchObject({
        code: "23514",
        constraint: "positive",
        table: "t",
        position: null,
        detail: "Failing row contains (-1).",
      });
      yield* connection.close();
    }));

  it("a parameter that cannot be sent is refused, and the connection goes on", () =>
    runClean(function* () {
      const connection = yield* connect(postgres.url);
      const circular: Record<string, unknown> = {};
      circular["self"] = circular;
      const error = yield* thrownBy(connection.fetch("select $1::jsonb", circular));
      expect(error).toBeInstanceOf(InterfaceError);
      expect(error.message).toMatch(/^fetch on .*: a value could not be converted: .*circular/);
      expect((yield* thrownBy(connection.executemany("select $1::jsonb", [[1], [circular]]))).message).toMatch(
        /circular/,
      );
      expect((yield* thrownBy(connection.fetch("select $1::int", "x"))).code).toBe("22P02");
      expect((yield* thrownBy(connection.cursor("select $1::jsonb", circular).fetch(1))).message).toMatch(/circular/);
      expect((yield* thrownBy(connection.fetch(7 as unknown as string))).name).toBe("TypeError");
      yield* connection.close();
      expect((yield* thrownBy(connection.fetch("select 1"))).message).toMatch(/the connection is closed\.$/);
    }));

  it("a session that the server ends in mid-query says why, and its pool goes on", () =>
    runClean(function* () {
      yield* using(yield* createPool({ url: postgres.url, minSize: 2, maxSize: 2 }), function* (pool) {
        const mark = `ends ${process.pid}`;
        const dying = createTask(pool.fetch(`select pg_sleep(10), '${mark}'`));
        const kill =
          "select pg_terminate_backend(pid) from pg_stat_activity where query like $1 and state = 'active' and pid <> pg_backend_pid()";
        while ((yield* pool.fetch(kill, `%${mark}%`)).length === 0) yield* sleep(1);
        const error = yield* thrownBy(dying);
        expect(error).toMatchObject({ name: "PostgresError", code: "57P01", severity: "FATAL" });
        expect(yield* pool.fetchval("select 1")).toBe(1);
        expect(pool.size).toBe(pool.idleSize);
      });
    }));

  it("a connection that is reset in mid-query says so, whatever the query was", () =>
    runClean(function* () {
      yield* proxied(target, function* (proxy) {
        const url = new URL(postgres.url);
        url.port = String(proxy.port);
        for (const ask of ways) {
          const connection = yield* connect(url.href);
          const asking = createTask(ask(connection));
          yield* sleep(10);
          proxy.reset();
          const error = yield* thrownBy(asking);
          expect(error).toBeInstanceOf(ConnectionResetError);
          expect(error.message).toContain(`127.0.0.1:${proxy.port}/test`);
          const after = yield* thrownBy(connection.fetch("select 1"));
          expect([after.name, after.cause instanceof Error]).toEqual(["InterfaceError", true]);
          yield* connection.close();
        }
      });
    }));

  it("a server that does not stop when it is told to loses its connection, and the pool goes on", () =>
    runClean(function* () {
      yield* proxied(target, function* (proxy) {
        const url = new URL(postgres.url);
        url.port = String(proxy.port);
        const options = { url: url.href, minSize: 1, maxSize: 1, cancelTimeout: 20 };
        yield* using(yield* createPool(options), function* (pool) {
          const first = yield* pool.fetchval("select pg_backend_pid()");
          const asking = createTask(pool.fetch("select 1 from pg_sleep(1)"));
          yield* sleep(5);
          proxy.freeze();
          asking.cancel();
          expect(isCancelled(yield* thrownBy(asking))).toBe(true);
          expect(yield* pool.fetchval("select pg_backend_pid()")).not.toBe(first);
          expect([pool.size, pool.idleSize]).toEqual([1, 1]);
        });
      });
    }));

  it("a request to stop that comes too late stops nothing else", () =>
    runClean(function* () {
      yield* proxied(target, function* (proxy) {
        const url = new URL(postgres.url);
        url.port = String(proxy.port);
        const connection = yield* connect(url.href);
        const cursor = (): Cursor<Row> => connection.cursor("select * from generate_series(1, 10)");
        const begun = cursor();
        yield* begun.fetch(2);
        for (const ask of [begun.fetch(2), connection.fetch("select 1"), cursor().fetch(2)]) {
          const asking = createTask<unknown>(ask);
          // It is written at once; what the server answers waits in the proxy.
          yield* sleep(0);
          proxy.hold();
          yield* sleep(10);
          asking.cancel();
          yield* sleep(10);
          expect(asking.done()).toBe(false);
          proxy.letThrough();
          expect(isCancelled(yield* thrownBy(asking))).toBe(true);
          expect(yield* connection.fetchval("select 1")).toBe(1);
        }
        yield* connection.close();
      });
    }));

  it("TLS carries a session, and the request to stop a statement", () =>
    runClean(function* () {
      yield* securely(target, certificate, function* (securePort) {
        const { username: user } = new URL(postgres.url);
        const where = { host: "127.0.0.1", port: securePort, user, database: "test" };
        const untrusted = yield* thrownBy(connect({ ...where, ssl: true }));
        expect(untrusted).toBeInstanceOf(TlsError);
        const connection = yield* connect({ ...where, ssl: { ca: certificate.cert } });
        expect(yield* thrownBy(connection.fetch({ sql: SLEEPING, timeout: 20 }))).toBeInstanceOf(TimeoutError);
        expect(yield* connection.fetchval("select 1")).toBe(1);
        yield* connection.close();
      });
    }));

  it("closing a connection that does not answer takes no longer than cancelTimeout", () =>
    runClean(function* () {
      yield* proxied(target, function* (proxy) {
        const url = new URL(postgres.url);
        url.port = String(proxy.port);
        const connection = yield* connect({ url: url.href, cancelTimeout: 20 });
        proxy.freeze();
        yield* connection.close();
        expect(connection.isClosed()).toBe(true);
      });
    }));

  it("closing a connection fails what another task asks of it", () =>
    run(function* () {
      const connection = yield* connect(postgres.url);
      const asking = createTask(connection.fetch("select pg_sleep(1)"));
      yield* sleep(5);
      yield* connection.close();
      expect((yield* thrownBy(asking)).message).toMatch(/^fetch on .*: the connection is closed\.$/);
    }));
});
