import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Runnable } from "../../src/loop/handle.ts";
import { Ring } from "../../src/loop/ring.ts";

interface Numbered extends Runnable {
  readonly id: number;
}
const entry = (id: number): Numbered => ({ id, stepOf: undefined, run() {} });

type Command = { op: "push" | "shift" | "clear" } | { op: "take"; at: number };
const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Command>({ op: "push" }) },
  { weight: 3, arbitrary: fc.constant<Command>({ op: "shift" }) },
  { weight: 2, arbitrary: fc.nat(1000).map((at): Command => ({ op: "take", at })) },
  { weight: 1, arbitrary: fc.constant<Command>({ op: "clear" }) },
);

describe("Ring", () => {
  it("gives what an array gives, whatever is pushed, shifted and taken from the middle", () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 400 }), (commands) => {
        const queue = new Ring<Runnable>();
        let oracle: Numbered[] = [];
        let made = 0;
        for (const step of commands) {
          if (step.op === "push") {
            const next = entry((made += 1));
            queue.push(next);
            oracle.push(next);
          } else if (step.op === "clear") {
            queue.clear();
            oracle = [];
          } else if (oracle.length > 0 && step.op === "shift") {
            expect(queue.shift()).toBe(oracle.shift());
          } else if (oracle.length > 0 && step.op === "take") {
            const at = step.at % oracle.length;
            expect(queue.take(at)).toBe(oracle.splice(at, 1)[0]);
          }
          expect(Array.from({ length: queue.size }, (_, i) => queue.at(i))).toEqual(oracle);
        }
      }),
    );
  });

  it("keeps the order when it grows while wrapped around", () => {
    const queue = new Ring<Runnable>();
    const out: number[] = [];
    let made = 0;
    for (let round = 0; round < 300; round += 1) {
      for (let i = 0; i < 3; i += 1) queue.push(entry((made += 1)));
      out.push((queue.shift() as Numbered).id);
    }
    while (queue.size > 0) out.push((queue.shift() as Numbered).id);
    expect(out).toEqual(Array.from({ length: 900 }, (_, i) => i + 1));
  });

  it("has nothing before its start or behind its end", () => {
    const queue = new Ring<Runnable>();
    const only = entry(1);
    queue.push(only);
    expect([queue.at(-1), queue.at(0), queue.at(1)]).toEqual([undefined, only, undefined]);
  });
});
