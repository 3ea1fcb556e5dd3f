import fc from "fast-check";
import { type Awaitable, BoundedSemaphore, type Coroutine, Lock, Semaphore, ValueError, sleep } from "escapement";
import { describe, expect, it } from "vitest";
import { type Play, play, schedules } from "./schedules.ts";

interface Gate {
  acquire(): Awaitable<true>;
  release(): void;
  locked(): boolean;
  toString(): string;
}

interface Visit {
  readonly pause: number;
  readonly stay: number;
}
const visits: fc.Arbitrary<Visit[][]> = fc.array(
  fc.array(fc.record({ pause: fc.nat(2), stay: fc.nat(2) }), { maxLength: 4 }),
  { minLength: 1, maxLength: 6 },
);
const permits = fc.integer({ min: 1, max: 3 });

/** Visitors of a gate: never more than `capacity` at once, none for ever outside, all permits there in the end. */
function visitors(
  gate: Gate,
  capacity: number,
  program: readonly Visit[][],
): Play & { asked: number[]; entered: number[] } {
  const asked: number[] = [];
  const entered: number[] = [];
  const rest = String(gate);
  let inside = 0;
  let made = 0;
  function* visit({ pause, stay }: Visit): Coroutine<void> {
    yield* sleep(pause);
    const id = (made += 1);
    asked.push(id);
    yield* gate.acquire();
    entered.push(id);
    inside += 1;
    expect(inside).toBeLessThanOrEqual(capacity);
    try {
      yield* sleep(stay);
    } finally {
      inside -= 1;
      gate.release();
    }
  }
  return {
    asked,
    entered,
    workers: program.map(
      (own) =>
        function* () {
          for (const one of own) yield* visit(one);
        },
    ),
    stalled: (stuck) => expect(stuck).toEqual([]),
    *atRest() {
      expect([String(gate), inside]).toEqual([rest, 0]);
      for (let i = 0; i < capacity; i += 1) {
        expect(gate.locked()).toBe(false);
        yield* gate.acquire();
      }
      expect(gate.locked()).toBe(true);
      for (let i = 0; i < capacity; i += 1) gate.release();
    },
  };
}

describe("Lock", () => {
  it("is held by one at a time, in the order of asking, and is free in the end, under every schedule", () => {
    fc.assert(
      fc.property(visits, schedules, (program, schedule) => {
        play(schedule, () => {
          const playing = visitors(new Lock(), 1, program);
          return {
            ...playing,
            *atRest() {
              yield* playing.atRest();
              const { asked, entered } = playing;
              expect(entered).toEqual(asked.filter((id) => entered.includes(id)));
            },
          };
        });
      }),
      { numRuns: 300 },
    );
  });
});

describe("Semaphore", () => {
  it("lets in no more than it has permits, and has them all again in the end, under every schedule", () => {
    fc.assert(
      fc.property(visits, permits, schedules, (program, capacity, schedule) => {
        play(schedule, () => visitors(new Semaphore(capacity), capacity, program));
      }),
      { numRuns: 300 },
    );
  });
});

describe("BoundedSemaphore", () => {
  it("never finds itself released too often by those who acquired it, and says so to others, under every schedule", () => {
    fc.assert(
      fc.property(visits, permits, schedules, (program, capacity, schedule) => {
        play(schedule, () => {
          const semaphore = new BoundedSemaphore(capacity);
          const playing = visitors(semaphore, capacity, program);
          return {
            ...playing,
            *atRest() {
              yield* playing.atRest();
              expect(() => semaphore.release()).toThrow(ValueError);
            },
          };
        });
      }),
      { numRuns: 300 },
    );
  });
});
