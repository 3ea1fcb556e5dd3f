import { describe, expect, it } from "vitest";
import { type Coroutine, createTask, currentTask, gather, isCancelled, sleep, using } from "../../src/index.ts";
import { type Pool, connect, createPool } from "../../src/io/postgres.ts";
import { cancelEverywhere, moments } from "./canceller.ts";
import { runAndLook, until } from "./run-io.ts";
import { postgres, titled } from "./services.ts";

// A program that uses every operation is run again and again. Each run cancels it at one of its suspension points.
// Afterwards every connection is back in its pool, the pool serves, and the server has nothing left to do.

const APPLICATION = `escapement cancellation ${process.pid}`;
const options = { url: postgres.url, applicationName: APPLICATION, minSize: 0, maxSize: 2, cancelTimeout: 2000 };

function* statements(pool: Pool): Coroutine<void> {
  yield* pool.fetch("select $1::int", 1);
  yield* pool.fetchrow("select 1 from pg_sleep(0.002)");
  yield* pool.fetchval("select 1");
  yield* pool.execute("select 1; select 2");
  const rows = Array.from({ length: 2500 }, (_, i) => [i]);
  yield* pool.executemany("select $1::int", rows);
}

function* onOneConnection(pool: Pool): Coroutine<void> {
  yield* using(pool.acquire(), function* (connection) {
    const statement = yield* connection.prepare("select $1::int");
    yield* statement.fetchval(1);
    yield* statement.close();
    const listener = (): void => {};
    yield* connection.addListener("cancellation", listener);
    yield* connection.removeListener("cancellation", listener);
    yield* connection.cursor("select * from generate_series(1, 10)").fetch(3);
  });
}

function* inTransactions(pool: Pool): Coroutine<void> {
  yield* using(pool.transaction(), function* (connection) {
    yield* connection.execute("create temporary table t (id int) on commit drop");
    yield* using(connection.transaction(), function* () {
      const cursor = connection.cursor("select * from generate_series(1, 10)");
      yield* cursor.fetch(3);
      yield* cursor.close();
    });
    const undone = using(connection.transaction(), function* () {
      yield* connection.execute("insert into t values (1)");
      throw new Error("undone");
    });
    yield* ignoring("undone", undone);
  });
  yield* ignoring(
    "rolled back",
    using(pool.transaction(), function* () {
      throw new Error("rolled back");
    }),
  );
}

function* copying(pool: Pool): Coroutine<void> {
  yield* using(pool.acquire(), function* (connection) {
    yield* connection.execute("create temporary table part (id int)");
    yield* connection.copyRecordsToTable("part", { records: [[1], [2]] });
    yield* connection.copyToTable("part", {
      *source(writer) {
        yield* writer.write("3\n");
        yield* sleep(0);
      },
    });
    yield* connection.copyFromTable("part", {
      *output() {
        yield* sleep(0);
      },
    });
    yield* connection.execute("drop table part");
  });
}

function* ignoring(message: string, body: Coroutine<unknown>): Coroutine<void> {
  try {
    yield* body;
  } catch (error) {
    if ((error as Error).message !== message) throw error;
  }
}

function* contending(pool: Pool): Coroutine<void> {
  const busy = [1, 2].map(() => createTask(pool.execute("select pg_sleep(0.005)")));
  try {
    yield* sleep(0);
    yield* pool.fetchval("select 1");
  } finally {
    yield* gather(busy, { returnExceptions: true });
  }
}

/** Runs it as a task that may be cancelled. What else it throws is wrong. */
function* asVictim(body: () => Coroutine<void>): Coroutine<string[]> {
  const task = createTask(body(), { name: "victim" });
  yield* gather([task], { returnExceptions: true });
  if (task.cancelled() || task.exception() === null) return [];
  return [`it failed: ${String(task.exception())}`];
}

const namesOf = (waits: Iterable<string>): string[] =>
  [...waits].map((wait) => wait.replace(/^victim on (Connection\.)?/, ""));

/** What is wrong with a pool that nobody uses. */
function* faultsOf(pool: Pool): Coroutine<string[]> {
  const faults: string[] = [];
  if (pool.size !== pool.idleSize) faults.push(`a connection is lent: ${pool.toString()}`);
  const running =
    "select state, query from pg_stat_activity where application_name = $1 and state <> 'idle' and pid <> pg_backend_pid()";
  for (const left of yield* pool.fetch(running, APPLICATION)) faults.push(`the server runs ${JSON.stringify(left)}`);
  const all = yield* gather([1, 2, 3].map((n) => pool.fetchval("select $1::int", n)));
  if (all.join(",") !== "1,2,3") faults.push(`it serves ${all.join(",")}`);
  return faults;
}

// Where each of them waits, among other places; `something else` is a bare sleep(0).
const WAITS: Record<keyof typeof programs | "making", string[]> = {
  statements: ["Pool.connect", "fetch", "fetchrow", "fetchval", "execute", "executemany"],
  onOneConnection: [
    "Pool.connect",
    "prepare",
    "fetchval",
    "PreparedStatement.close",
    "addListener",
    "removeListener",
    "Cursor.fetch",
    "Cursor.close",
    "Pool.release",
  ],
  inTransactions: [
    "Pool.connect",
    "BEGIN",
    "execute",
    "SAVEPOINT",
    "Cursor.fetch",
    "Cursor.close",
    "RELEASE",
    "ROLLBACK",
    "COMMIT",
    "Pool.release",
  ],
  copying: ["Pool.connect", "execute", "copyRecordsToTable", "copyToTable", "copyFromTable", "Pool.release"],
  contending: ["something else", "Pool.acquire", "fetchval"],
  making: ["Pool.connect", "gather", "fetch", "connect", "close"],
};

const programs = { statements, onOneConnection, inTransactions, copying, contending };

describe.skipIf(postgres.missing !== undefined)(titled("cancelling what waits for PostgreSQL", postgres), () => {
  describe.each(moments)("%s", (moment) => {
    it.each(Object.entries(programs))("leaves a pool that serves: %s", async (name, program) => {
      const { wrong, waits } = await cancelEverywhere(["victim"], moment, async (canceller) => {
        const { result, reports, leaked } = await runAndLook(
          function* () {
            return yield* using(yield* createPool(options), function* (pool) {
              return [...(yield* asVictim(() => program(pool))), ...(yield* faultsOf(pool))];
            });
          },
          { instruments: [canceller.instrument] },
        );
        return [...result, ...reports, ...(leaked > 0 ? [`${leaked} sockets are open`] : [])];
      });
      expect(wrong).toEqual([]);
      expect(namesOf(waits)).toEqual(expect.arrayContaining(WAITS[name as keyof typeof programs]));
    });

    it("leaves nothing behind when pools and connections are made and closed", async () => {
      const { wrong, waits } = await cancelEverywhere(["victim"], moment, async (canceller) => {
        const { result, reports, leaked } = await runAndLook(
          function* () {
            return yield* asVictim(function* () {
              yield* using(yield* createPool({ ...options, minSize: 2 }), function* (pool) {
                yield* pool.fetch("select 1");
              });
              const connection = yield* connect(options);
              yield* sleep(0);
              yield* connection.close();
            });
          },
          { instruments: [canceller.instrument] },
        );
        // Whoever is cancelled between connect and close has not closed it: then it is reported, and closed.
        const expected = reports.filter((report) => !/Still open when the loop closed: <Connection/.test(report));
        return [...result, ...expected, ...(leaked > 0 ? [`${leaked} sockets are open`] : [])];
      });
      expect(wrong).toEqual([]);
      expect(namesOf(waits)).toEqual(expect.arrayContaining(WAITS.making));
    });
  });

  it("leaves no session on the server", async () => {
    const { result } = await runAndLook(function* () {
      const connection = yield* connect(postgres.url);
      const count = "select count(*)::int from pg_stat_activity where application_name = $1";
      let left = -1;
      for (let i = 0; i < 500 && left !== 0; i += 1) {
        left = (yield* connection.fetchval<number>(count, APPLICATION)) ?? 0;
        yield* sleep(2);
      }
      yield* connection.close();
      return left;
    });
    expect(result).toBe(0);
  });

  it("many times over, at moments that nobody chose, loses no connection", { timeout: 60_000 }, async () => {
    const { result, reports, leaked } = await runAndLook(function* () {
      return yield* using(yield* createPool({ ...options, maxSize: 3 }), function* (pool) {
        let served = 0;
        function* worker(seed: number): Coroutine<void> {
          for (let i = 0; i < 12; i += 1) {
            const task = createTask(
              using(pool.transaction(), function* (connection) {
                yield* connection.fetch("select pg_sleep(0.001)");
                yield* connection.execute("select 1");
              }),
            );
            yield* sleep(((seed * 7 + i * 13) % 29) / 3);
            task.cancel();
            yield* gather([task], { returnExceptions: true });
            if (task.cancelled()) continue;
            task.result();
            served += 1;
          }
        }
        yield* gather(Array.from({ length: 8 }, (_, seed) => worker(seed)));
        const faults = yield* faultsOf(pool);
        return { faults, size: pool.size <= 3, served: served >= 0 };
      });
    });
    expect(result).toEqual({ faults: [], size: true, served: true });
    expect([reports, leaked]).toEqual([[], 0]);
  });

  it("again and again, while the server is stopping, changes nothing", async () => {
    const { result, reports, leaked } = await runAndLook(function* () {
      return yield* using(yield* createPool(options), function* (pool) {
        const task = createTask(pool.fetch("select pg_sleep(10)"));
        yield* sleep(20);
        for (let i = 0; i < 5; i += 1) {
          task.cancel();
          yield* sleep(0);
        }
        yield* until(() => task.done());
        return [task.cancelled(), ...(yield* faultsOf(pool))];
      });
    });
    expect(result).toEqual([true]);
    expect([reports, leaked]).toEqual([[], 0]);
  });

  it("is not refused: the one who is cancelled is told, when the server has stopped", async () => {
    const { result } = await runAndLook(function* () {
      return yield* using(yield* createPool(options), function* (pool) {
        const seen: string[] = [];
        const task = createTask(
          (function* (): Coroutine<void> {
            try {
              yield* pool.fetch("select pg_sleep(10)");
            } catch (error) {
              seen.push(`cancelled: ${isCancelled(error)}`, `asked: ${currentTask()!.cancelling()}`);
              const query =
                "select count(*)::int from pg_stat_activity where application_name = $1 and query like '%pg_sleep%' and state = 'active'";
              seen.push(
                `running: ${String(yield* pool.fetchval(`${query} and pid <> pg_backend_pid()`, APPLICATION))}`,
              );
              throw error;
            }
          })(),
        );
        yield* sleep(20);
        task.cancel();
        yield* gather([task], { returnExceptions: true });
        return seen;
      });
    });
    expect(result).toEqual(["cancelled: true", "asked: 1", "running: 0"]);
  });
});
