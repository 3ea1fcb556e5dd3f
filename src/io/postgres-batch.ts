import type { Exchange } from "./exchange.ts";
import { type PgWire, type Submittable, loadPg } from "./postgres-driver.ts";

// How many rows are on their way at a time: the answers of those before are read meanwhile.
const WINDOW = 1000;

/**
 * One statement for many rows, without waiting for each: parsed once, and bound and executed as often as there are rows,
 * in one implicit transaction (there is no Sync before the end).
 *
 * @see PostgreSQL, "Extended Query"; asyncpg `executemany`
 * @internal
 */
export class Batch implements Submittable {
  /** `pg` asks a query for both. */
  readonly name: undefined = undefined;
  readonly text: string;
  readonly #exchange: Exchange<void>;
  readonly #rows: readonly unknown[][];
  readonly #fail: (error: unknown) => void;
  #sent = 0;
  #answered = 0;
  #givenUp = false;

  constructor(exchange: Exchange<void>, text: string, rows: readonly unknown[][], fail: (error: unknown) => void) {
    this.#exchange = exchange;
    this.text = text;
    this.#fail = fail;
    this.#rows = rows;
  }

  submit(wire: PgWire): void {
    wire.stream.cork();
    wire.parse({ text: this.text });
    this.#sendWindow(wire);
    wire.stream.uncork();
  }

  #sendWindow(wire: PgWire): void {
    const end = Math.min(this.#sent + WINDOW, this.#rows.length);
    wire.stream.cork();
    for (; this.#sent < end; this.#sent += 1) {
      wire.bind({ values: this.#rows[this.#sent]! });
      wire.execute({});
    }
    if (this.#sent === this.#rows.length) wire.sync();
    else wire.flush();
    wire.stream.uncork();
  }

  /** No more rows; and those before are to be undone, which nothing but an error does. */
  giveUp(): void {
    this.#givenUp = true;
  }

  #goOn(wire: PgWire): void {
    if (this.#sent === this.#rows.length) return;
    if (!this.#givenUp) this.#sendWindow(wire);
    else {
      wire.bind({ statement: "escapement: given up" });
      wire.flush();
    }
  }

  handleCommandComplete(_message: unknown, wire: PgWire): void {
    this.#answered += 1;
    if (this.#answered === this.#sent) this.#goOn(wire);
  }

  handleEmptyQuery(wire: PgWire): void {
    this.handleCommandComplete(undefined, wire);
  }

  handleError(error: unknown, wire: PgWire): void {
    this.#fail(error);
    // The server skips everything up to the Sync, which is on its way when all rows are.
    if (this.#sent < this.#rows.length) wire.sync();
  }

  handleReadyForQuery(): void {
    this.#exchange.succeed();
  }

  // Rows of a statement that returns any are not wanted.
  handleRowDescription(): void {}
  handleDataRow(): void {}
  handlePortalSuspended(): void {}
  handleCopyData(): void {}

  handleCopyInResponse(wire: PgWire): void {
    wire.sendCopyFail("COPY cannot be executed for many rows");
  }
}

/** @internal The values of all rows as they are sent: one that cannot be sent is found before anything is. */
export function prepareRows(rows: readonly (readonly unknown[])[]): unknown[][] {
  const { prepareValue } = loadPg().utils;
  return rows.map((row) => row.map(prepareValue));
}

/**
 * Has the server parse a statement, and keep it under a name.
 *
 * @internal
 */
export class Preparation implements Submittable {
  /** Under this name `pg` notes it as parsed. */
  readonly name: string;
  readonly text: string;
  readonly #exchange: Exchange<void>;
  readonly #fail: (error: unknown) => void;

  constructor(exchange: Exchange<void>, name: string, text: string, fail: (error: unknown) => void) {
    this.#exchange = exchange;
    this.name = name;
    this.text = text;
    this.#fail = fail;
  }

  submit(wire: PgWire): void {
    wire.parse({ name: this.name, text: this.text });
    wire.sync();
  }

  handleError(error: unknown): void {
    this.#fail(error);
  }

  handleReadyForQuery(): void {
    this.#exchange.succeed();
  }
}
