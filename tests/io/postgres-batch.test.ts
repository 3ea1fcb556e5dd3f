import { describe, expect, it } from "vitest";
import { getRunningLoop, runSync } from "../../src/index.ts";
import { Exchange } from "../../src/io/exchange.ts";
import { Batch } from "../../src/io/postgres-batch.ts";
import type { PgWire } from "../../src/io/postgres-driver.ts";

/** A wire that notes what is written to it: equal messages in a row as one, with their number. */
class NotingWire {
  readonly sent: string[] = [];
  readonly stream = { cork: (): void => {}, uncork: (): void => {} };
  #last = "";
  #count = 0;

  #note(message: string): void {
    this.#count = message === this.#last ? this.#count + 1 : 1;
    if (message === this.#last) this.sent.pop();
    this.#last = message;
    this.sent.push(`${message} ${this.#count}`);
  }

  parse = (): void => this.#note("parse");
  bind = ({ statement = "" }: { statement?: string }): void => this.#note(statement === "" ? "row" : "bind nothing");
  execute = (): void => {};
  flush = (): void => this.#note("flush");
  sync = (): void => this.#note("sync");
}

function conversation(rows: number, body: (batch: Batch, answer: (count: number) => void, wire: PgWire) => void) {
  return runSync(function* () {
    const errors: unknown[] = [];
    const exchange = new Exchange<void>("executemany", "executemany", getRunningLoop(), () => {});
    const values = Array.from({ length: rows }, () => []);
    const batch = new Batch(exchange, "select 1", values, (error) => errors.push(error));
    const noting = new NotingWire();
    const wire = noting as unknown as PgWire;
    batch.submit(wire);
    body(
      batch,
      (count) => {
        for (let i = 0; i < count; i += 1) batch.handleCommandComplete(undefined, wire);
      },
      wire,
    );
    return { sent: noting.sent, errors };
  });
}

describe("a batch", () => {
  it("sends a thousand rows, and the next thousand when those are answered; the server commits after the last", () => {
    const { sent } = conversation(2500, (_batch, answer) => {
      answer(999);
      answer(1);
      answer(1000);
      answer(500);
    });
    expect(sent).toEqual(["parse 1", "row 1000", "flush 1", "row 1000", "flush 1", "row 500", "sync 1"]);
  });

  it("of no rows is parsed", () => {
    expect(conversation(0, () => {}).sent).toEqual(["parse 1", "sync 1"]);
  });

  it.each([1, 2])("given up in thousand %i sends no more rows, and an error that undoes the others", (thousand) => {
    const { sent, errors } = conversation(2500, (batch, answer, wire) => {
      answer(1000 * thousand - 1);
      batch.giveUp();
      answer(1);
      batch.handleError(new Error("there is no such statement"), wire);
      batch.handleReadyForQuery();
    });
    expect(sent.slice(-3)).toEqual(["bind nothing 1", "flush 1", "sync 1"]);
    expect(sent.filter((message) => message === "row 1000")).toHaveLength(thousand);
    expect(errors).toHaveLength(1);
  });

  it("given up after the last row is the server's to stop", () => {
    const { sent } = conversation(10, (batch, answer) => {
      batch.giveUp();
      answer(10);
    });
    expect(sent).toEqual(["parse 1", "row 10", "sync 1"]);
  });
});
