import { describe, expect, it } from "vitest";
import { type Coroutine, TimeoutError, createTask, gather, run, sleep, using } from "../../src/index.ts";
import {
  type Connection,
  ConnectionResetError,
  type CopyWriter,
  InterfaceError,
  PostgresError,
  connect,
  createPool,
} from "../../src/io/postgres.ts";
import { runClean, until } from "./run-io.ts";
import { postgres, titled } from "./services.ts";
import { thrownBy } from "./thrown-by.ts";

/** A connection with an empty table `part`, of an id and a name. */
function withParts(body: (connection: Connection) => Coroutine<void>): Promise<void> {
  return runClean(function* () {
    const connection = yield* connect(postgres.url);
    try {
      yield* connection.execute("create temporary table part (id int primary key, name text)");
      yield* body(connection);
    } finally {
      yield* connection.close();
    }
  });
}

function* partsOf(connection: Connection): Coroutine<unknown[]> {
  return (yield* connection.fetch("select * from part order by id")).map(({ id, name }) => [id, name]);
}

function* complaintOf(coro: Coroutine<unknown>): Coroutine<string> {
  return ((yield* thrownBy(coro)) as Error).message;
}

/** What a copy puts out, as text. */
function collector(): { readonly output: (bytes: Uint8Array) => void; text(): string } {
  const pieces: Uint8Array[] = [];
  return { output: (bytes) => void pieces.push(bytes.slice()), text: () => Buffer.concat(pieces).toString() };
}

const HUGE = "select repeat('x', 1000) from generate_series(1, 100000)";

describe.skipIf(postgres.missing !== undefined)(titled("copying with PostgreSQL", postgres), () => {
  describe("copyRecordsToTable", () => {
    it("puts every record into the table, and says how many", () =>
      withParts(function* (connection) {
        const records = Array.from({ length: 20_000 }, (_, i) => [i, `part ${i}`]);
        expect(yield* connection.copyRecordsToTable("part", { records })).toBe("COPY 20000");
        const sum = yield* connection.fetchval("select sum(id) from part where name = 'part ' || id");
        expect(Number(sum)).toBe((20_000 * 19_999) / 2);
      }));

    it("keeps every character, and tells null from the word for it", () =>
      withParts(function* (connection) {
        const names = ["a\tb", "two\nlines\r\n", "back\\slash", "\\N", "\\.", "", null, "Zürich ☃ 𝒳", "'\"$1"];
        const records = names.map((name, id) => [id, name]);
        yield* connection.copyRecordsToTable("part", { records });
        expect(yield* partsOf(connection)).toEqual(records);
      }));

    it("writes values as statements do", () =>
      withParts(function* (connection) {
        yield* connection.execute(
          "create temporary table kinds (flag boolean, day timestamptz, raw bytea, list int[], doc jsonb, big bigint)",
        );
        const day = new Date(0);
        const row = [true, day, Buffer.from([0, 92, 255]), [1, 2], { gear: "escape\twheel" }, 2n ** 60n];
        yield* connection.copyRecordsToTable("kinds", { records: [row] });
        yield* connection.execute("insert into kinds values ($1, $2, $3, $4, $5, $6)", ...row);
        const [copied, inserted] = yield* connection.fetch("select * from kinds");
        expect(copied).toEqual(inserted);
        expect(copied).toMatchObject({ flag: true, day, list: [1, 2], doc: { gear: "escape\twheel" } });
      }));

    it("fills the named columns of a table with any name, in any schema", () =>
      withParts(function* (connection) {
        const table = 'odd "name"';
        yield* connection.execute(`create temporary table "odd ""name""" (a int default 7, "b c" int)`);
        const options = { columns: ["b c"], schema: "pg_temp", records: [[1], [2]] };
        expect(yield* connection.copyRecordsToTable(table, options)).toBe("COPY 2");
        expect(yield* connection.fetch(`select * from "odd ""name"""`)).toEqual([
          { a: 7, "b c": 1 },
          { a: 7, "b c": 2 },
        ]);
      }));

    it("puts in nothing when one record is refused", () =>
      withParts(function* (connection) {
        const records = Array.from({ length: 50_000 }, (_, i) => [i === 40_000 ? 1 : i, "x".repeat(50)]);
        const error = yield* thrownBy(connection.copyRecordsToTable("part", { records }));
        expect(error).toBeInstanceOf(PostgresError);
        expect(error).toMatchObject({ code: "23505", constraint: "part_pkey" });
        expect((error as Error).message).toMatch(/^copyRecordsToTable on .*duplicate key/);
        expect(yield* partsOf(connection)).toEqual([]);
      }));

    it("puts in nothing when the records fail, and throws what they threw", () =>
      withParts(function* (connection) {
        function* records(): Iterable<unknown[]> {
          for (let id = 0; id < 5000; id += 1) yield [id, "x"];
          throw new Error("no more");
        }
        expect(yield* complaintOf(connection.copyRecordsToTable("part", { records: records() }))).toContain("no more");
        expect(yield* partsOf(connection)).toEqual([]);
      }));

    it("refuses what is no record, no name of a table, or cannot be converted", () =>
      withParts(function* (connection) {
        const wrong = connection.copyRecordsToTable("part", { records: ["ab"] as unknown as unknown[][] });
        expect(yield* complaintOf(wrong)).toContain("copyRecordsToTable: a record is an array, not");
        const circular: { self?: unknown } = {};
        circular.self = circular;
        const unconvertible = yield* thrownBy(connection.copyRecordsToTable("part", { records: [[1, circular]] }));
        expect(unconvertible).toBeInstanceOf(InterfaceError);
        const nameless = connection.copyRecordsToTable(undefined as unknown as string, { records: [] });
        expect(yield* thrownBy(nameless)).toBeInstanceOf(TypeError);
        expect(yield* partsOf(connection)).toEqual([]);
      }));

    it("says which table does not exist, with the server's code", () =>
      withParts(function* (connection) {
        const error = yield* thrownBy(connection.copyRecordsToTable("no_such_table", { records: [[1]] }));
        expect(error).toMatchObject({ name: "PostgresError", code: "42P01" });
        expect(yield* connection.fetchval("select 1")).toBe(1);
      }));
  });

  describe("copyToTable", () => {
    it.each([
      ["text", "1\tanchor\n2\t\\N\n"],
      ["bytes", Buffer.from("1\tanchor\n2\t\\N\n")],
      ["pieces that end anywhere", ["1\tanc", Buffer.from("hor\n2"), "", "\t\\N\n"]],
    ])("takes %s", (_, source) =>
      withParts(function* (connection) {
        expect(yield* connection.copyToTable("part", { source })).toBe("COPY 2");
        expect(yield* partsOf(connection)).toEqual([
          [1, "anchor"],
          [2, null],
        ]);
      }),
    );

    it("takes what a coroutine writes, in CSV with a header", () =>
      withParts(function* (connection) {
        const source = function* (writer: CopyWriter): Coroutine<void> {
          yield* writer.write("id,name\n");
          yield* sleep(1);
          yield* writer.write('1,"a ""wheel"""\n');
        };
        expect(yield* connection.copyToTable("part", { source, format: "csv", header: true })).toBe("COPY 1");
        expect(yield* partsOf(connection)).toEqual([[1, 'a "wheel"']]);
      }));

    it("has its writer wait while the server takes no more", () =>
      withParts(function* (connection) {
        // Another connection holds the table: the server does not ask for the first row yet.
        const [holder, watcher] = [yield* connect(postgres.url), yield* connect(postgres.url)];
        const table = `escapement_copy_${process.pid}`;
        yield* holder.execute(`create table ${table} (line text)`);
        try {
          let written = 0;
          const copying = yield* using(holder.transaction(), function* () {
            yield* holder.execute(`lock table ${table}`);
            const source = function* (writer: CopyWriter): Coroutine<void> {
              for (let i = 0; i < 1000; i += 1) {
                yield* writer.write(`${"x".repeat(9999)}\n`);
                written += 1;
              }
            };
            const task = createTask(connection.copyToTable(table, { source }));
            const waiting = "select 1 from pg_stat_activity where wait_event_type = 'Lock' and query like $1";
            while ((yield* watcher.fetch(waiting, `COPY "${table}"%`)).length === 0) yield* sleep(1);
            expect(written).toBeLessThan(10);
            return task;
          });
          expect(yield* copying).toBe("COPY 1000");
          expect(written).toBe(1000);
        } finally {
          yield* holder.execute(`drop table ${table}`);
          yield* holder.close();
          yield* watcher.close();
        }
      }));

    it("puts in nothing when the writer fails, and throws what it threw", () =>
      withParts(function* (connection) {
        const failure = new Error("out of brass");
        const source = function* (writer: CopyWriter): Coroutine<void> {
          yield* writer.write("1\tanchor\n");
          throw failure;
        };
        expect(yield* thrownBy(connection.copyToTable("part", { source }))).toBe(failure);
        expect(yield* partsOf(connection)).toEqual([]);
      }));

    it("puts in nothing when it is cancelled, and lets the writer clean up", () =>
      withParts(function* (connection) {
        const trace: string[] = [];
        const source = function* (writer: CopyWriter): Coroutine<void> {
          try {
            yield* writer.write("1\tanchor\n");
            trace.push("written");
            yield* sleep(600_000);
          } finally {
            yield* sleep(1);
            trace.push("cleaned up");
          }
        };
        const task = createTask(connection.copyToTable("part", { source }));
        yield* until(() => trace.length > 0);
        task.cancel();
        yield* gather([task], { returnExceptions: true });
        expect(task.cancelled()).toBe(true);
        expect(trace).toEqual(["written", "cleaned up"]);
        expect(yield* partsOf(connection)).toEqual([]);
      }));

    it("times out as a statement does", () =>
      withParts(function* (connection) {
        const source = function* (): Coroutine<void> {
          yield* sleep(600_000);
        };
        const error = yield* thrownBy(connection.copyToTable("part", { source, timeout: 20 }));
        expect(error).toBeInstanceOf(TimeoutError);
        expect((error as Error).message).toMatch(/^copyToTable on .*: no answer within 20 ms\.$/);
        expect(yield* partsOf(connection)).toEqual([]);
      }));

    it("refuses what is no source, and a format that there is not", () =>
      withParts(function* (connection) {
        const noSource = connection.copyToTable("part", { source: 7 as unknown as string });
        expect(yield* complaintOf(noSource)).toContain("copyToTable: source is text, bytes, pieces of either, or");
        const noFormat = connection.copyToTable("part", { source: "", format: "xml" as "csv" });
        expect(yield* complaintOf(noFormat)).toContain("copyToTable: format is one of text, csv, binary, not xml.");
      }));
  });

  describe("copyFromTable", () => {
    it("gives the rows in the server's format", () =>
      withParts(function* (connection) {
        yield* connection.executemany("insert into part values ($1, $2)", [
          [1, "anchor"],
          [2, null],
        ]);
        const text = collector();
        expect(yield* connection.copyFromTable("part", { output: text.output })).toBe("COPY 2");
        expect(text.text()).toBe("1\tanchor\n2\t\\N\n");
        const csv = collector();
        yield* connection.copyFromTable("part", { ...csv, columns: ["name"], format: "csv", header: true });
        expect(csv.text()).toBe("name\nanchor\n\n");
      }));

    it("gives what copyToTable takes, also in binary", () =>
      withParts(function* (connection) {
        yield* connection.copyRecordsToTable("part", {
          records: [
            [1, "ä"],
            [2, null],
          ],
        });
        const pieces: Uint8Array[] = [];
        const output = (bytes: Uint8Array): void => void pieces.push(bytes.slice());
        yield* connection.copyFromTable("part", { output, format: "binary" });
        yield* connection.execute("truncate part");
        yield* connection.copyToTable("part", { source: pieces, format: "binary" });
        expect(yield* partsOf(connection)).toEqual([
          [1, "ä"],
          [2, null],
        ]);
      }));
  });

  describe("copyFromQuery", () => {
    it("gives the rows of a query, piece by piece, as fast as they are taken", () =>
      withParts(function* (connection) {
        let [bytes, inside, most] = [0, 0, 0];
        const output = function* (piece: Uint8Array): Coroutine<void> {
          inside += 1;
          most = Math.max(most, inside);
          yield;
          bytes += piece.length;
          inside -= 1;
        };
        expect(yield* connection.copyFromQuery(HUGE, { output })).toBe("COPY 100000");
        expect([bytes, most]).toEqual([100_000 * 1001, 1]);
      }));

    it("leaves the rest with the server while nobody takes it", () =>
      withParts(function* (connection) {
        const watcher = yield* connect(postgres.url);
        const pid = yield* connection.fetchval("select pg_backend_pid()");
        try {
          let pieces = 0;
          const output = function* (): Coroutine<void> {
            pieces += 1;
            yield* sleep(600_000);
          };
          const copying = createTask(connection.copyFromQuery(HUGE, { output }));
          const blocked = "select 1 from pg_stat_activity where wait_event = 'ClientWrite' and pid = $1";
          while ((yield* watcher.fetch(blocked, pid)).length === 0) yield* sleep(1);
          expect(pieces).toBe(1);
          copying.cancel();
          yield* gather([copying], { returnExceptions: true });
          expect(copying.cancelled()).toBe(true);
          expect(yield* connection.fetchval("select 1")).toBe(1);
        } finally {
          yield* watcher.close();
        }
      }));

    it("ends when its output fails, and throws what that threw", () =>
      withParts(function* (connection) {
        const failure = new Error("no room");
        const output = (): void => {
          throw failure;
        };
        expect(yield* thrownBy(connection.copyFromQuery(HUGE, { output }))).toBe(failure);
        expect(yield* connection.fetchval("select 1")).toBe(1);
      }));

    it("throws the server's error, before the first row or after many", () =>
      withParts(function* (connection) {
        const { output } = collector();
        const early = yield* thrownBy(connection.copyFromQuery("select 1 / 0", { output }));
        expect(early).toMatchObject({ name: "PostgresError", code: "22012" });
        const late = "select 1 / (50000 - n) from generate_series(1, 60000) n";
        expect(yield* thrownBy(connection.copyFromQuery(late, { output }))).toMatchObject({ code: "22012" });
        expect(yield* connection.fetchval("select 1")).toBe(1);
      }));
  });

  it("serves everybody from a pool, which has all connections again", () =>
    runClean(function* () {
      yield* using(yield* createPool({ url: postgres.url, minSize: 0, maxSize: 2 }), function* (pool) {
        const { output, text } = collector();
        const copies = [1, 2, 3].map((n) => pool.copyFromQuery(`select ${n}`, { output }));
        expect(yield* gather(copies)).toEqual(["COPY 1", "COPY 1", "COPY 1"]);
        expect(text().trim().split("\n").toSorted()).toEqual(["1", "2", "3"]);
        expect(pool.idleSize).toBe(pool.size);
      });
    }));

  it("takes the connection for itself until it is over", () =>
    withParts(function* (connection) {
      const output = function* (): Coroutine<void> {
        yield* sleep(600_000);
      };
      const copying = createTask(connection.copyFromQuery("select 1", { output }));
      yield* sleep(0);
      const error = yield* thrownBy(connection.fetch("select 1"));
      expect(error).toBeInstanceOf(InterfaceError);
      expect((error as Error).message).toContain("the connection is busy with copyFromQuery");
      copying.cancel();
      yield* gather([copying], { returnExceptions: true });
    }));

  it("fails where it is waited for when the server goes", async () => {
    const ends = await run(function* () {
      const [victim, killer] = [yield* connect(postgres.url), yield* connect(postgres.url)];
      const pid = yield* victim.fetchval("select pg_backend_pid()");
      const source = function* (writer: CopyWriter): Coroutine<void> {
        yield* killer.execute("select pg_terminate_backend($1)", pid);
        for (;;) yield* writer.write("x".repeat(10_000));
      };
      yield* victim.execute("create temporary table line (text text)");
      const error = yield* thrownBy(victim.copyToTable("line", { source }));
      yield* killer.close();
      return [error, victim.isClosed()];
    });
    expect(ends[0] instanceof ConnectionResetError || ends[0] instanceof PostgresError).toBe(true);
    expect(ends[1]).toBe(true);
  });
});
