import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Awaitable, type Coroutine, createTask, gather, sleep } from "escapement";
import { type Program, ReplayError, type World, buggify, explore, random, replay } from "escapement/sim";
import { describe, expect, it } from "vitest";

/** What an edit has put before and into the program, or has taken from it. */
interface Edit {
  readonly before?: (world: World) => Coroutine<void>;
  readonly into?: () => Coroutine<void>;
  readonly names?: readonly (string | undefined)[];
  readonly tasks?: readonly number[];
  readonly safe?: boolean;
}

/** Fails when "b" takes all its steps between two of "a", and a draw says so; `edit` says what else it does. */
function program({ before, into, names = ["a", "b", "c"], tasks = [0, 1, 2], safe = false }: Edit = {}): Program<void> {
  return function* (world: World): Coroutine<void> {
    if (before !== undefined) yield* before(world);
    const large = world.random.integer(0, 3) >= 2;
    let trace = "";
    function* worker(index: number): Coroutine<void> {
      if (into !== undefined) yield* into();
      for (let step = 0; step < 3; step += 1) {
        trace += "abc"[index]!;
        yield;
      }
    }
    const named = (index: number) => (names[index] === undefined ? {} : { name: names[index] });
    yield* gather(tasks.map((index) => createTask(worker(index), named(index))));
    if (large && trace.includes("abbb") && !safe) throw new RangeError(`a was kept waiting: ${trace}`);
  };
}

function reproOf(original: Program<void>): string {
  const { failures } = explore(original, { strategy: random(), schedules: 10_000, seed: 1 });
  expect(failures).toHaveLength(1);
  return failures[0]!.repro;
}

function* noise(): Coroutine<void> {
  for (let i = 0; i < 4; i += 1) yield;
}

const kept: Readonly<Record<string, Edit>> = {
  "a yield before": {
    *before() {
      yield;
      yield;
    },
  },
  "a task before, which runs on beside": {
    *before() {
      createTask(noise(), { name: "noise" });
      yield;
    },
  },
  "three tasks before, which have ended": {
    *before() {
      yield* gather([noise(), noise(), noise()]);
    },
  },
  "a draw before, of the same kind": {
    *before({ random: draws }) {
      draws.integer(0, 7);
    },
  },
  "a draw before, of another kind, and a fault": {
    *before({ random: draws }) {
      draws.pick(["x", "y"]);
      if (buggify(0.1)) yield* sleep(3);
    },
  },
  "a pause within each task": {
    *into() {
      yield;
    },
  },
};

describe("a repro of a program that has been edited since", () => {
  it.each(Object.entries(kept))("is found again after %s", (_name, edit) => {
    const repro = reproOf(program());
    const outcome = replay(program(edit), repro);
    expect(outcome.status).toBe("raised");
    expect(outcome.error).toMatchObject({ name: "RangeError" });
    // And it is told anew, for the program as it is.
    expect(outcome.repro).not.toBe(repro);
    expect(replay(program(edit), outcome.repro).digest).toBe(outcome.digest);
  });

  it.each([1, 2])("is found again when tasks have no names, and %i have been made before them", (more) => {
    const names = [undefined, undefined, undefined];
    const repro = reproOf(program({ names }));
    const before = function* (): Coroutine<void> {
      for (let i = 0; i < more; i += 1) createTask(noise());
    };
    expect(replay(program({ names, before }), repro)).toMatchObject({ status: "raised" });
  });

  it("is refused when a task is gone, and the choice is named", () => {
    const repro = reproOf(program());
    const edited = program({ tasks: [0, 2] });
    expect(() => replay(edited, repro)).toThrow(ReplayError);
    expect(() => replay(edited, repro)).toThrow(
      /Of its \d choices, number \d is not to be found again: question \d+ of the recorded run\./,
    );
  });

  it("is refused when it does not fail like that any more: the bug may be mended", () => {
    const repro = reproOf(program());
    expect(() => replay(program({ ...kept["a yield before"], safe: true }), repro)).toThrow(
      "Its choices can be made as they were, but do not lead to that failure any more.",
    );
  });

  it("replays, as ever, when the edit has not changed the course: the mended program returns", () => {
    expect(replay(program({ safe: true }), reproOf(program()))).toMatchObject({ status: "returned" });
  });

  it("is refused when the program is not determined, whatever it comes to", () => {
    let runs = 0;
    const original = program();
    const repro = reproOf(original);
    const undetermined = program({
      *before() {
        runs += 1;
        for (let i = 0; i < runs; i += 1) yield;
      },
    });
    expect(() => replay(undetermined, repro)).toThrow("runs differently each time: something gets past the simulation");
  });
});

const folder = fileURLToPath(new URL("../../examples/bugs/", import.meta.url));
const bugs = readdirSync(folder).filter((file) => /^\d\d-/.test(file));

describe("a repro of each of the fifteen bugs", () => {
  it.each(bugs)("%s is found again after a task, a draw and a yield have been put before it", async (file) => {
    const { default: bug } = (await import(/* @vite-ignore */ folder + file)) as {
      default: (world: World) => Coroutine<void>;
    };
    function* edited(world: World): Coroutine<void> {
      createTask(noise());
      world.random.integer(0, 9);
      yield;
      yield* bug(world) as Awaitable<void>;
    }
    for (let seed = 0; seed < 3; seed += 1) {
      const { repro, shrunk } = explore(bug, { seed: seed * 10_000 }).failures[0]!;
      expect(replay(edited, repro).status).toBe(shrunk.status);
    }
  });
});
