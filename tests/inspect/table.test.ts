import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Table } from "../../src/inspect/table.ts";

const key = fc.oneof(fc.integer({ min: 0, max: 70 }), fc.integer({ min: 0, max: 200_000 }));
const commands = fc.array(fc.tuple(fc.constantFrom("set", "delete", "copy"), key), { maxLength: 120 });

describe("Table", () => {
  it("is a map in the order of its keys, and a copy is not touched by what comes after it", () => {
    fc.assert(
      fc.property(commands, (steps) => {
        let table = new Table<{ step: number }>();
        const model = new Map<number, { step: number }>();
        const copies: [Table<{ step: number }>, Map<number, { step: number }>][] = [];
        for (const [step, [what, at]] of steps.entries()) {
          if (what === "set") {
            table.set(at, { step });
            model.set(at, { step });
          } else if (what === "delete") {
            table.delete(at);
            model.delete(at);
          } else {
            copies.push([table, new Map(model)]);
            table = table.copy();
          }
        }
        for (const [copied, expected] of [...copies, [table, model] as const]) {
          const sorted = [...expected].toSorted(([a], [b]) => a - b);
          expect(copied.values()).toEqual(sorted.map(([, value]) => value));
          for (const [, at] of steps) expect(copied.get(at)).toEqual(expected.get(at));
        }
      }),
    );
  });

  it("keeps the copy as it was when the original changes, too", () => {
    const table = new Table<{ name: string }>();
    table.set(1, { name: "one" });
    const copy = table.copy();
    table.set(1, { name: "changed" });
    table.set(2, { name: "two" });
    table.delete(1);
    expect(copy.values()).toEqual([{ name: "one" }]);
    expect(table.values()).toEqual([{ name: "two" }]);
  });
});
