import fc from "fast-check";
import { type Awaitable, Barrier, Condition, type Coroutine, Event, sleep, using } from "escapement";
import { describe, expect, it } from "vitest";
import { type Play, play, schedules, withoutCancellations } from "./schedules.ts";

/** Those who wait, and of them those who were promised that they go on. */
class Promised {
  readonly #waiting = new Set<object>();
  readonly #promised = new Set<object>();
  #times = 0;

  /** All who wait now go on. */
  promise(): void {
    this.#times += 1;
    for (const who of this.#waiting) this.#promised.add(who);
  }

  /** Waits, and must not come back without a promise, unless it holds already. */
  *keep(holdsAlready: boolean, wait: Awaitable<unknown>): Coroutine<void> {
    const who = {};
    const before = this.#times;
    this.#waiting.add(who);
    try {
      yield* wait;
      expect(holdsAlready || this.#times > before).toBe(true);
    } finally {
      this.#waiting.delete(who);
      this.#promised.delete(who);
    }
  }

  get broken(): number {
    return this.#promised.size;
  }
}

const eventStep = fc.oneof(
  fc.record({ op: fc.constantFrom("wait", "set", "clear", "set and clear") }),
  fc.record({ op: fc.constant("pause"), delay: fc.nat(2) }),
);

describe("Event", () => {
  it("lets go everybody who waited when it was set, and nobody else, under every schedule", () => {
    type Step = { op: string; delay?: number };
    function watched(programs: readonly Step[][]): Play {
      const event = new Event();
      const promised = new Promised();
      const set = (): void => {
        if (!event.isSet()) promised.promise();
        event.set();
      };
      function* worker(steps: readonly Step[]): Coroutine<void> {
        for (const { op, delay } of steps) {
          if (op === "pause") yield* sleep(delay!);
          else if (op === "wait") yield* promised.keep(event.isSet(), event.wait());
          else {
            if (op.startsWith("set")) set();
            if (op.endsWith("clear")) event.clear();
          }
        }
      }
      return {
        workers: programs.map((steps) => () => worker(steps)),
        stalled(stuck) {
          expect(promised.broken).toBe(0);
          if (event.isSet()) expect(stuck).toEqual([]);
        },
        *atRest() {
          expect(String(event)).toBe(`<Event [${event.isSet() ? "set" : "unset"}]>`);
        },
      };
    }
    const programs = fc.array(fc.array(eventStep, { maxLength: 8 }), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(programs, schedules, (program, schedule) => play(schedule, () => watched(program))),
      { numRuns: 400 },
    );
  });
});

describe("Condition", () => {
  it("loses no notification, and keeps its lock to one at a time, under every schedule", () => {
    type Role = { role: "consumer" | "producer" | "broadcaster"; pause: number; times: number };
    function shop(roles: readonly Role[]): Play {
      const condition = new Condition();
      let [stock, made, sold, inside] = [0, 0, 0, 0];
      function* alone(): Coroutine<void> {
        inside += 1;
        expect(inside).toBe(1);
        try {
          yield;
        } finally {
          inside -= 1;
        }
      }
      function* consume(): Coroutine<void> {
        yield* condition.waitFor(() => stock > 0);
        stock -= 1;
        sold += 1;
        yield* alone();
      }
      function* produce(all: boolean): Coroutine<void> {
        stock += 1;
        made += 1;
        if (all) condition.notifyAll();
        else condition.notify();
        yield* alone();
      }
      function* worker({ role, pause, times }: Role): Coroutine<void> {
        for (let i = 0; i < times; i += 1) {
          yield* sleep(pause);
          yield* using(condition, () => (role === "consumer" ? consume() : produce(role === "broadcaster")));
        }
      }
      return {
        workers: roles.map((role) => () => worker(role)),
        stalled(stuck) {
          expect(stuck.every((i) => roles[i]!.role === "consumer")).toBe(true);
          if (stuck.length > 0) expect(stock).toBe(0);
        },
        *atRest() {
          expect([String(condition), inside, made - sold]).toEqual(["<Condition [unlocked]>", 0, stock]);
        },
      };
    }
    // Few notifications for many who wait: each that is lost is missed.
    const role = fc.record({
      role: fc.oneof(
        { weight: 6, arbitrary: fc.constant("consumer" as const) },
        { weight: 4, arbitrary: fc.constant("producer" as const) },
        { weight: 1, arbitrary: fc.constant("broadcaster" as const) },
      ),
      pause: fc.nat(2),
      times: fc.constantFrom(1, 1, 2),
    });
    const roles = fc.array(role, { minLength: 2, maxLength: 7 });
    fc.assert(
      fc.property(roles, schedules, (program, schedule) => play(schedule, () => shop(program))),
      { numRuns: 1000 },
    );
  });
});

describe("Barrier", () => {
  interface Crowd {
    readonly parties: number;
    readonly rounds: readonly number[];
  }
  const crowds: fc.Arbitrary<Crowd> = fc.record({
    parties: fc.integer({ min: 1, max: 4 }),
    rounds: fc.array(fc.nat(3), { minLength: 1, maxLength: 7 }),
  });

  /** How often it opened, and who passed with which number. */
  function crowd({ parties, rounds }: Crowd): Play & { passed: number[] } {
    const barrier = new Barrier(parties);
    const passed = Array.from({ length: parties }, () => 0);
    let all = 0;
    function* worker(times: number): Coroutine<void> {
      for (let i = 0; i < times; i += 1) {
        const index = yield* barrier.wait();
        passed[index]! += 1;
        all += 1;
        // The last to come opens it, and is the first to pass.
        expect(all).toBeLessThanOrEqual(passed[parties - 1]! * parties);
        yield* sleep(i % 2);
      }
    }
    return {
      passed,
      workers: rounds.map((times) => () => worker(times)),
      stalled(stuck) {
        expect(stuck.length).toBeLessThan(parties);
        expect(barrier.nWaiting).toBe(stuck.length);
      },
      *atRest() {
        expect(String(barrier)).toBe(`<Barrier [filling, waiters:0/${parties}]>`);
      },
    };
  }

  it("opens for as many as its parties at a time, and is empty in the end, under every schedule", () => {
    fc.assert(
      fc.property(crowds, schedules, (program, schedule) => play(schedule, () => crowd(program))),
      { numRuns: 400 },
    );
  });

  it("gives each number once for each time it opens, unless somebody gives up", () => {
    fc.assert(
      fc.property(crowds, withoutCancellations, (program, schedule) => {
        play(schedule, () => {
          const playing = crowd(program);
          const { stalled } = playing;
          return {
            ...playing,
            stalled(stuck) {
              stalled?.(stuck);
              expect(new Set(playing.passed).size).toBe(1);
            },
          };
        });
      }),
      { numRuns: 300 },
    );
  });
});
