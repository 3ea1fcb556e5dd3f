import fc from "fast-check";
import { type Coroutine, gather } from "escapement";
import { ReplayError, replay, simulate } from "escapement/sim";
import { describe, expect, it } from "vitest";
import { readRepro, writeRepro } from "../../src/sim/repro.ts";
import { interleaving, lostUpdate } from "./programs.ts";

const schedules = fc
  .uniqueArray(
    fc.record({
      at: fc.nat(5000),
      choice: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 2 ** 32 })),
      mark: fc.nat(255),
    }),
    {
      selector: ({ at }) => at,
      maxLength: 60,
    },
  )
  .map((schedule) => schedule.toSorted((a, b) => a.at - b.at));
const repros = fc.record({
  schedule: schedules,
  program: fc.nat(0xffff),
  run: fc.nat(0xffff),
  failure: fc.nat(255),
});

describe("a repro", () => {
  it("says what was put into it", () => {
    fc.assert(
      fc.property(repros, (repro) => {
        expect(readRepro(writeRepro(repro))).toEqual(repro);
      }),
    );
  });

  it("is made of characters that a URL and a shell leave alone", () => {
    fc.assert(
      fc.property(repros, (repro) => {
        expect(writeRepro(repro)).toMatch(/^[A-Za-z0-9_-]+$/);
      }),
    );
  });

  it("is short: eleven characters, and eight for three deviations that are near", () => {
    const schedule = [1, 2, 3].map((at) => ({ at: at * 5, choice: 2, mark: at }));
    expect(writeRepro({ schedule: [], program: 1, run: 2, failure: 0 })).toHaveLength(11);
    expect(writeRepro({ schedule, program: 1, run: 2, failure: 0 })).toHaveLength(19);
  });

  it("is told to be mistyped when any one character is another, or two are swapped", () => {
    const { repro } = simulate(interleaving(3, 4), { seed: 3 });
    const others = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    for (let i = 0; i < repro.length; i += 1) {
      for (const other of others) {
        if (other === repro[i]) continue;
        const wrong = repro.slice(0, i) + other + repro.slice(i + 1);
        expect(() => replay(interleaving(3, 4), wrong)).toThrow(ReplayError);
        expect(() => replay(interleaving(3, 4), wrong)).toThrow(/mistyped|cut off/);
      }
    }
  });

  it("is told to be mistyped when a character is never in one", () => {
    expect(() => replay(lostUpdate, "EHZtLrb!Ag")).toThrow('character 8, "!", is never in one');
  });

  it("is told to be cut off when its end is missing", () => {
    const { repro } = simulate(interleaving(3, 4), { seed: 3 });
    for (let length = 0; length < repro.length - 1; length += 1) {
      expect(() => replay(interleaving(3, 4), repro.slice(0, length))).toThrow(/cut off/);
    }
    expect(() => replay(interleaving(3, 4), repro.slice(0, -1))).toThrow(/cut off|mistyped/);
  });

  it("is told to be of another version", () => {
    // Version 2, with a checksum that is right.
    expect(() => readRepro(versionTwo())).toThrow("is of version 2; this is version 1");
  });

  it("is told to be of another program", () => {
    function* other(): Coroutine<void> {
      yield* gather([lostUpdate(), lostUpdate()]);
    }
    const { repro } = simulate(interleaving(3, 4), { seed: 3 });
    expect(() => replay(other, repro)).toThrow("is of another program, or of this one before an edit");
  });

  it("is told when its own program takes another course", () => {
    let edited = false;
    const program = function* (): Coroutine<string> {
      return yield* interleaving(edited ? 2 : 3, 4)();
    };
    const { repro } = simulate(program, { seed: 3 });
    edited = true;
    expect(() => replay(program, repro)).toThrow("is of this program, but the run takes another course");
  });

  it("survives an edit that does not change the course", () => {
    const { repro, digest } = simulate(lostUpdate, { seed: 3 });
    function* edited(): Coroutine<number> {
      return yield* lostUpdate();
    }
    expect(replay(edited, repro).digest).toBe(digest);
  });
});

function versionTwo(): string {
  // Found by trying checksums: the format says that it stays where it is in every version.
  for (let sum = 0; sum < 0x10000; sum += 1) {
    const text = Buffer.from([0x20, sum >> 8, sum & 255, 0, 1, 0, 2, 0]).toString("base64url");
    try {
      readRepro(text);
    } catch (error) {
      if (error instanceof ReplayError && error.message.includes("version")) return text;
    }
  }
  throw new Error("no checksum fits");
}
