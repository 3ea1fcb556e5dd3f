// Covers: escapement/postgres, escapement/mysql (connect, fetch or query, execute, transaction, DatabaseError), using.
// Scenario: SELECT * FROM users. Then a transfer between two of them, of which all is done, and another, of which nothing
// is. On an embedded PostgreSQL; on another one, or on MySQL or MariaDB, when DATABASE_URL says so.
import { type ContextManager, type Coroutine, using } from "escapement";
import * as mysql from "escapement/mysql";
import * as postgres from "escapement/postgres";
import { embeddedPostgres } from "./embedded-postgres.ts";

/** For the tour: it cannot run in virtual time. */
export const needsHost = true;

type Row = Record<string, string | number>;

const USERS = [
  [1, "Ada", 20],
  [2, "Grace", 30],
  [3, "O'Hara", 0],
];

/** What is asked of a connection here, in the words of PostgreSQL. */
interface Database {
  fetch(sql: string, ...params: unknown[]): Coroutine<Row[]>;
  execute(sql: string, ...params: unknown[]): Coroutine<unknown>;
  transaction(): ContextManager<unknown>;
  close(): Coroutine<void>;
}

function* connect(url: string): Coroutine<Database> {
  if (!/^(mysql|mariadb):/.test(url)) return yield* postgres.connect(url);
  const connection = yield* mysql.connect(url);
  const translate = (sql: string): string => sql.replaceAll(/\$\d/g, "?");
  return {
    fetch: (sql, ...params) => connection.query(translate(sql), params),
    execute: (sql, ...params) => connection.execute(translate(sql), params),
    transaction: () => connection.transaction(),
    close: () => connection.close(),
  };
}

function* createUsers(database: Database): Coroutine<void> {
  yield* database.execute("CREATE TEMPORARY TABLE users (id int PRIMARY KEY, name text, coins int CHECK (coins >= 0))");
  for (const user of USERS) yield* database.execute("INSERT INTO users VALUES ($1, $2, $3)", ...user);
}

function* showUsers(database: Database): Coroutine<void> {
  const users = yield* database.fetch("SELECT * FROM users ORDER BY id");
  for (const { name, coins } of users) console.log(`  ${name} has ${coins}`);
}

function* transfer(database: Database, from: string, to: string, coins: number): Coroutine<void> {
  console.log(`${from} gives ${coins} to ${to}`);
  try {
    yield* using(database.transaction(), function* () {
      yield* database.execute("UPDATE users SET coins = coins + $1 WHERE name = $2", coins, to);
      yield* database.execute("UPDATE users SET coins = coins - $1 WHERE name = $2", coins, from);
    });
  } catch (error) {
    if (!(error instanceof postgres.DatabaseError)) throw error;
    console.log("  refused: the database allows nobody less than nothing");
  }
  yield* showUsers(database);
}

export default function* main(): Coroutine<void> {
  const database = yield* connect(process.env["DATABASE_URL"] ?? (yield* embeddedPostgres()));
  try {
    yield* createUsers(database);
    yield* showUsers(database);
    yield* transfer(database, "Grace", "O'Hara", 10);
    yield* transfer(database, "Ada", "O'Hara", 50);
  } finally {
    yield* database.close();
  }
}
