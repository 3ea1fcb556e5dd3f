// What is wrong, and not in the program: it is the user's own, it says whose and where, and nothing that was found is lost.
import { type Coroutine, createTask, gather } from "escapement";
import {
  type Exploration,
  History,
  type Model,
  type Strategy,
  check,
  explore,
  linearizable,
  random,
  replay,
  simulate,
} from "escapement/sim";
import { describe, expect, it } from "vitest";
import { lostUpdate } from "./programs.ts";

interface Interrupted extends Error {
  readonly exploration: Exploration<unknown>;
}

function thrownBy(work: () => unknown): Interrupted {
  try {
    work();
  } catch (error) {
    return error as Interrupted;
  }
  throw new Error("nothing was thrown");
}

/** As `random`, until its part throws at the run of number `at`. */
function failing(part: "begin" | "choose" | "end", at: number): Strategy {
  const inner = random();
  let run = -1;
  const fail = (where: string): void => {
    if (where === part && run === at) throw new RangeError(`my ${part}`);
  };
  return {
    name: "failing",
    begin(number, seed) {
      run = number;
      fail("begin");
      const oracle = inner.begin(number, seed);
      return {
        choose(...question) {
          fail("choose");
          return oracle.choose(...question);
        },
      };
    },
    end: () => fail("end"),
  };
}

describe("an exception in a strategy", () => {
  it.each(["begin", "choose", "end"] as const)("is the user's own, in %s, and loses no findings", (part) => {
    const options = { strategy: failing(part, 40), schedules: 100, stopAfter: 100, shrink: false };
    const error = thrownBy(() => explore(lostUpdate, options));
    expect(error).toEqual(new RangeError(`my ${part}`));
    expect(error.stack).toMatch(/at fail .*bad-input\.test\.ts/);
    expect(error.exploration.schedules).toBe(part === "end" ? 41 : 40);
    expect(error.exploration.failures.length).toBeGreaterThan(0);
    expect(error.exploration.failures.every(({ run }) => run < 41)).toBe(true);
  });

  it("comes out of simulate and check, too", () => {
    expect(thrownBy(() => simulate(lostUpdate, { strategy: failing("choose", 0) }))).toEqual(
      new RangeError("my choose"),
    );
    const right = (): Coroutine<unknown> => gather([]) as unknown as Coroutine<unknown>;
    expect(thrownBy(() => check(right, { strategy: failing("begin", 3) }))).toEqual(new RangeError("my begin"));
  });
});

describe("an exception in onProgress", () => {
  it("is the user's own, and loses no findings", () => {
    const onProgress = (): void => {
      throw new RangeError("my onProgress");
    };
    const error = thrownBy(() =>
      explore(lostUpdate, { strategy: random(), schedules: 1000, stopAfter: 1000, shrink: false, onProgress }),
    );
    expect(error).toEqual(new RangeError("my onProgress"));
    expect(error.stack).toMatch(/at Object\.onProgress .*bad-input\.test\.ts|at onProgress .*bad-input\.test\.ts/);
    expect(error.exploration.schedules).toBe(256);
    expect(error.exploration.failures.length).toBeGreaterThan(0);
  });
});

describe("an exception in a model", () => {
  const model: Model<number, number, number> = {
    init: () => 0,
    step(): number {
      throw new RangeError("my step");
    },
  };
  const judge = (): void => {
    const history = new History<number, number>();
    history.return(history.call(1), 1);
    linearizable(model, history);
  };

  it("is the user's own, with its stack", () => {
    const error = thrownBy(judge);
    expect(error).toEqual(new RangeError("my step"));
    expect(error.stack).toMatch(/at Object\.step .*bad-input\.test\.ts/);
  });

  it("fails the schedule in which it is thrown, and is that failure's error", () => {
    const { failures } = explore(function* () {
      yield;
      judge();
    });
    expect(failures[0]!.shrunk).toMatchObject({ status: "raised", error: new RangeError("my step") });
    expect((failures[0]!.shrunk.error as Error).stack).toMatch(/at Object\.step .*bad-input\.test\.ts/);
  });
});

describe("what cannot be put in words", () => {
  const wordless = Object.create(null) as object;
  const secretive = Object.defineProperty(new Error(""), "message", {
    get() {
      throw new Error("nobody may read this");
    },
  });

  it.each([wordless, secretive])("is thrown like anything else, explored, replayed and told", (thrown) => {
    function* program(): Coroutine<void> {
      yield;
      throw thrown;
    }
    const { failures } = explore(program, { schedules: 10, stopAfter: 10 });
    const { repro, found } = failures[0]!;
    expect(found.status).toBe("raised");
    expect(replay(program, repro).error === thrown).toBe(true);
    expect(() => check(program)).toThrow("something that cannot be put in words");
  });
});

describe("a program that never ends", () => {
  function* spin(): Coroutine<void> {
    for (;;) yield;
  }
  const spinning = function* (): Coroutine<void> {
    yield* gather([createTask(spin(), { name: "left" }), createTask(spin(), { name: "right" })]);
  };

  it("meets maxSteps, with the last tasks that ran", () => {
    const [failure] = explore(spinning, { maxSteps: 60 }).failures;
    expect(failure!.shrunk.status).toBe("out of steps");
    const [, last = ""] = /not over after 60 steps \(maxSteps\)\. The last: (.*)\.$/.exec(
      String(failure!.shrunk.error),
    )!;
    expect(last.split(", ").every((name) => name === '"left"' || name === '"right"')).toBe(true);
    expect(last.split(", ")).toHaveLength(8);
  });

  it("is told by check as any other failure", () => {
    expect(() => check(spinning, { maxSteps: 60 })).toThrow(
      /^out of steps: The run was not over after 60 steps[^]*found by the first schedule[^]*Replay it: replay\(main, "[\w-]+"\)$/,
    );
  });
});
