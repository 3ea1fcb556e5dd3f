import { describe, expect, it } from "vitest";
import { type Coroutine, createTask, gather, sleep, using } from "../../src/index.ts";
import { type Pool, connect, createPool } from "../../src/io/mysql.ts";
import { cancelEverywhere, moments } from "./canceller.ts";
import { runAndLook, until } from "./run-io.ts";
import { mysql, titled } from "./services.ts";

// As postgres-cancellation.test.ts.

// What marks this test's statements in the server's list.
const MARK = `/* escapement ${process.pid} */`;
const options = { url: mysql.url, minSize: 0, maxSize: 2, cancelTimeout: 2000 };

function* statements(pool: Pool): Coroutine<void> {
  yield* pool.query(`${MARK} select sleep(0.002)`);
  yield* pool.execute(`${MARK} do 1`);
}

function* streams(pool: Pool): Coroutine<void> {
  yield* using(pool.acquire(), function* (connection) {
    const stream = connection.stream(`${MARK} select seq from seq_1_to_5000000`);
    yield* stream.next();
    yield* stream.next();
    yield* stream.close();
    yield* connection.stream(`${MARK} select seq, sleep(0.002) from seq_1_to_5`).next();
  });
}

function* inTransactions(pool: Pool): Coroutine<void> {
  yield* using(pool.transaction(), function* (connection) {
    yield* connection.execute(`${MARK} create temporary table t (id int) engine=innodb`);
    yield* using(connection.transaction(), function* () {
      yield* connection.execute(`${MARK} insert into t values (1)`);
    });
    const undone = using(connection.transaction(), function* () {
      throw new Error("undone");
    });
    yield* ignoring("undone", undone);
    yield* connection.execute(`${MARK} drop temporary table t`);
  });
  yield* using(pool.acquire(), (connection) => connection.execute("begin"));
}

function* ignoring(message: string, body: Coroutine<unknown>): Coroutine<void> {
  try {
    yield* body;
  } catch (error) {
    if ((error as Error).message !== message) throw error;
  }
}

/** Runs it as a task that may be cancelled. What else it throws is wrong. */
function* asVictim(body: () => Coroutine<void>): Coroutine<string[]> {
  const task = createTask(body(), { name: "victim" });
  yield* gather([task], { returnExceptions: true });
  if (task.cancelled() || task.exception() === null) return [];
  return [`it failed: ${String(task.exception())}`];
}

/** What is wrong with a pool that nobody uses. */
function* faultsOf(pool: Pool): Coroutine<string[]> {
  const faults: string[] = [];
  if (pool.size !== pool.idleSize) faults.push(`a connection is lent: ${pool.toString()}`);
  const running = "select info from information_schema.processlist where info like ? and id <> connection_id()";
  for (const left of yield* pool.query(running, [`${MARK}%`])) faults.push(`the server runs ${JSON.stringify(left)}`);
  const state = "select ? n, @@in_transaction t, @@autocommit a";
  const all = yield* gather([1, 2].map((n) => pool.query(state, [n])));
  if (JSON.stringify(all) !== '[[{"n":1,"t":0,"a":1}],[{"n":2,"t":0,"a":1}]]') faults.push(JSON.stringify(all));
  return faults;
}

const programs = { statements, streams, inTransactions };

// Where each of them waits, among other places.
const WAITS: Record<keyof typeof programs | "making", string[]> = {
  statements: ["Pool.connect", "query", "execute"],
  streams: ["Pool.connect", "RowStream.next", "RowStream.close"],
  inTransactions: ["Pool.connect", "START", "execute", "SAVEPOINT", "RELEASE", "ROLLBACK", "COMMIT", "Pool.release"],
  making: ["Pool.connect", "query", "connect", "close"],
};

const namesOf = (waits: Iterable<string>): string[] =>
  [...waits].map((wait) => wait.replace(/^victim on (Connection\.)?/, ""));

describe.skipIf(mysql.missing !== undefined)(titled("cancelling what waits for MariaDB", mysql), () => {
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
                yield* pool.query(`${MARK} select 1`);
              });
              const connection = yield* connect(options);
              yield* connection.close();
            });
          },
          { instruments: [canceller.instrument] },
        );
        return [...result, ...reports, ...(leaked > 0 ? [`${leaked} sockets are open`] : [])];
      });
      expect(wrong).toEqual([]);
      expect(namesOf(waits)).toEqual(expect.arrayContaining(WAITS.making));
    });
  });

  it(
    "many times over, at moments that nobody chose, never stops another's statement",
    { timeout: 60_000 },
    async () => {
      const { result, reports, leaked } = await runAndLook(function* () {
        return yield* using(yield* createPool({ ...options, maxSize: 3 }), function* (pool) {
          function* worker(seed: number): Coroutine<void> {
            for (let i = 0; i < 12; i += 1) {
              const task = createTask(pool.query(`${MARK} select sleep(0.002) a`));
              yield* sleep(((seed * 7 + i * 13) % 29) / 4);
              task.cancel();
              yield* gather([task], { returnExceptions: true });
              if (!task.cancelled()) expect(task.result()).toEqual([{ a: 0 }]);
            }
          }
          yield* gather(Array.from({ length: 6 }, (_, seed) => worker(seed)));
          return yield* faultsOf(pool);
        });
      });
      expect([result, reports, leaked]).toEqual([[], [], 0]);
    },
  );

  it("again and again, while the server is stopping, changes nothing", async () => {
    const { result, reports, leaked } = await runAndLook(function* () {
      return yield* using(yield* createPool(options), function* (pool) {
        const task = createTask(pool.query(`${MARK} select sleep(10)`));
        yield* sleep(20);
        for (let i = 0; i < 5; i += 1) {
          task.cancel();
          yield* sleep(0);
        }
        yield* until(() => task.done());
        return [task.cancelled(), ...(yield* faultsOf(pool))];
      });
    });
    expect([result, reports, leaked]).toEqual([[true], [], 0]);
  });
});
