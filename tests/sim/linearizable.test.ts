import fc from "fast-check";
import { type Coroutine, gather } from "escapement";
import {
  exhaustive,
  explore,
  History,
  linearizable,
  lockModel,
  mapModel,
  type Model,
  type QueueInput,
  queueModel,
  type RegisterInput,
  registerModel,
  type RegisterOutput,
} from "escapement/sim";
import { describe, expect, it } from "vitest";
import { beginning, bruteForce } from "./histories/brute-force.ts";
import { ETCD } from "./histories/etcd.ts";
import { KV } from "./histories/kv.ts";
import { parseHistory } from "./histories/parse-history.ts";
import { histories, modelOf, type Service } from "./histories/random-history.ts";
import { lock, map, queue, register } from "./histories/services.ts";
import { SMALL } from "./histories/small.ts";

/** The fields of a verdict without its text. */
function judge(events: string, initial: number | null = 0) {
  const { ok, operation } = linearizable(registerModel(initial), parseHistory(events));
  return ok ? "ok" : operation;
}

describe("linearizable", () => {
  it.each(ETCD)("agrees with Porcupine on $name", ({ events, ok }) => {
    expect(linearizable(registerModel<number>(), parseHistory(events)).ok).toBe(ok);
  });

  it.each(SMALL)("agrees with the book on $name", ({ initial, events, ok, culprit }) => {
    const history = parseHistory(events);
    const verdict = linearizable(registerModel(initial), history);
    const found = history.operations.find(({ id }) => id === verdict.operation);
    expect([verdict.ok, found?.process]).toEqual([ok, culprit]);
  });

  it.each(KV)("agrees with Porcupine on a map that appends: $name", ({ events, ok, culprit }) => {
    const history = new History<string, string>();
    for (const event of events.trim().split(/\s+/)) {
      const [input, output] = event.split("=");
      history.return(history.call(input!), output ?? "");
    }
    const verdict = linearizable(appendModel, history);
    expect([verdict.ok, verdict.operation]).toEqual([ok, culprit]);
  });

  it.each([
    ["registers", 5000, (runs: number) => agrees(register, runs)],
    ["maps, key by key", 5000, (runs: number) => agrees(map, runs)],
    ["queues", 5000, (runs: number) => agrees(queue, runs)],
    ["locks", 5000, (runs: number) => agrees(lock, runs)],
  ])("agrees with brute force on random %s, and stops at the shortest beginning that fails", (_name, runs, law) => {
    const { good, bad } = law(runs);
    // A law that judges one kind alone would show little. One in ten or more is usual, of each.
    expect(good).toBeGreaterThan(runs / 20);
    expect(bad).toBeGreaterThan(runs / 20);
  });
});

/** How many histories of each kind there were. */
function agrees<S, M, I, O>(service: Service<S, M, I, O>, numRuns: number): { good: number; bad: number } {
  const count = { good: 0, bad: 0 };
  const reference = modelOf(service);
  const law = (history: History<I, O>): void => {
    const { operations } = history;
    const { ok, operation } = linearizable(service.model, history);
    expect(ok).toBe(bruteForce(reference, operations));
    count[ok ? "good" : "bad"] += 1;
    if (!ok) expectShortest(service, operations.find(({ id }) => id === operation)!.returnedAt, history);
  };
  fc.assert(fc.property(histories(service), law), { numRuns });
  return count;
}

/** With the culprit's return no order is left, without it there is one: of its key, where keys are apart. */
function expectShortest<S, M, I, O>(
  service: Service<S, M, I, O>,
  returnedAt: number,
  { operations }: History<I, O>,
): void {
  const reference = modelOf(service);
  const culprit = operations.find((operation) => operation.returnedAt === returnedAt)!;
  const keyOf = (input: I) => service.model.key?.(input);
  const alike = operations.filter(({ input }) => keyOf(input) === keyOf(culprit.input));
  expect(bruteForce(reference, beginning(alike, returnedAt))).toBe(true);
  expect(bruteForce(reference, beginning(alike, returnedAt + 1))).toBe(false);
}

/** Keys with texts: `a0:x` appends, `p0:x` puts, `g0` gets. */
const appendModel: Model<string, string, string> = {
  init: () => "",
  key: (input) => input[1]!,
  step: (text, input, output) => {
    if (input.startsWith("g")) return output === text ? text : undefined;
    return input.startsWith("p") ? input.slice(3) : text + input.slice(3);
  },
};

describe("an operation that never returned", () => {
  it("may have taken effect, at any later time", () => {
    expect(judge("0w1 0? 1r 1=0 1r 1=1 1r 1=1")).toBe("ok");
    expect(judge("0w1 0? 1w2 1ok 1r 1=2 1r 1=1")).toBe("ok");
  });

  it("takes effect once at most, and not before it was called", () => {
    expect(judge("0w1 0? 1r 1=1 1w2 1ok 1r 1=1")).toBe(3);
    expect(judge("1r 1=1 0w1 0?")).toBe(0);
  });

  it("may never take effect", () => {
    expect(judge("0w1 0? 1r 1=0 1w2 1ok 1r 1=2 2c2>3 2? 1r 1=2")).toBe("ok");
  });

  it("may be a compare-and-set that wrote, or one that did not", () => {
    expect(judge("0c0>5 0? 1r 1=5")).toBe("ok");
    expect(judge("0c7>5 0? 1r 1=0")).toBe("ok");
    expect(judge("0c7>5 0? 1r 1=5")).toBe(1);
  });

  it("is one of several that ask for the same, and any of them may be the one", () => {
    expect(judge("0w1 0? 1w1 1? 2w2 2ok 2r 2=1 2w2 2ok 2r 2=1 2r 2=1")).toBe("ok");
    expect(judge("0w1 0? 1w1 1? 2w2 2ok 2r 2=1 2w2 2ok 2r 2=1 2w2 2ok 2r 2=1")).toBe(7);
  });

  it("may have taken an item from a queue", () => {
    const history = new History<QueueInput<string>, string | null | undefined>();
    for (const value of ["a", "b"]) history.return(history.call({ op: "put", value }), undefined);
    history.call({ op: "get" });
    history.return(history.call({ op: "get" }), "b");
    expect(linearizable(queueModel<string>(), history).ok).toBe(true);
  });

  it("is asked of `step` with undefined by a model that has no `crashed`", () => {
    const counter: Model<number, string, number> = {
      init: () => 0,
      step: (count, _input, output) => (output === undefined || output === count + 1 ? count + 1 : undefined),
    };
    const history = new History<string, number>();
    history.call("increment");
    history.return(history.call("increment"), 2);
    expect(linearizable(counter, history)).toEqual({ ok: true });
    history.return(history.call("increment"), 5);
    expect(linearizable(counter, history).operation).toBe(2);
  });
});

describe("the explanation", () => {
  it("shows the operation that fits nowhere, what it found, and what was beside it", () => {
    const history = parseHistory("0w0 0ok 1r 2w4 1=3 2ok 3r 3=4");
    expect(linearizable(registerModel<number>(), history).explanation).toBe(
      [
        "Not linearizable: #1 1 read() -> 3 fits nowhere.",
        "In every order that real time allows, the state it finds is 0 or 4.",
        "",
        "  #0 0  write(0)     |-|",
        "  #1 1  read() -> 3      |---| <-",
        "  #2 2  write(4)           |-->",
      ].join("\n"),
    );
  });

  it("names what fits nowhere, and what was answered later that makes it so", () => {
    const verdict = linearizable(registerModel(0), parseHistory("0c0>5 1r 1=5 0no 1r 1=0"));
    expect(verdict).toEqual({
      ok: false,
      operation: 0,
      explanation: [
        "Not linearizable once #0 0 cas(0, 5) -> false has returned: #1 1 read() -> 5 fits nowhere.",
        "In every order that real time allows, the state it finds is 0.",
        "",
        "  #0 0  cas(0, 5) -> false  |-----|",
        "  #1 1  read() -> 5           |-| <-",
      ].join("\n"),
    });
  });

  it("names the key, and leaves out the others and what is long ago", () => {
    const history = new History<
      { op: "put"; key: string; value: number } | { op: "get"; key: string },
      number | null
    >();
    for (let value = 1; value <= 8; value += 1) {
      history.return(history.call({ op: "put", key: "x", value }, "writer"), null);
      history.return(history.call({ op: "put", key: "y", value }, "other"), null);
    }
    history.return(history.call({ op: "get", key: "x" }, "reader"), 7);
    expect(linearizable(mapModel<number>(), history).explanation).toBe(
      [
        `Not linearizable (key "x"): #16 reader get("x") -> 7 fits nowhere.`,
        "In every order that real time allows, the state it finds is 8.",
        "",
        `  #8 writer   put("x", 5)    |-|`,
        `  #10 writer  put("x", 6)        |-|`,
        `  #12 writer  put("x", 7)            |-|`,
        `  #14 writer  put("x", 8)                |-|`,
        `  #16 reader  get("x") -> 7                  |-| <-`,
        "  (and 4 more before it)",
      ].join("\n"),
    );
  });

  it("stays short when much is beside", () => {
    const history = new History<RegisterInput<number>, RegisterOutput<number>>();
    for (let value = 1; value <= 40; value += 1) history.call({ op: "write", value });
    history.return(history.call({ op: "read" }), -1);
    const lines = linearizable(registerModel(0), history).explanation!.split("\n");
    expect(lines[1]).toContain("0, 1, 10, 11, 12, 13 or one of 35 more");
    expect(lines.at(-1)).toBe("  (and 20 more beside it)");
    expect(lines).toHaveLength(25);
  });

  it("uses what a lock and a queue are called", () => {
    const locks = new History<{ op: "acquire" | "release"; owner: string }, boolean | undefined>();
    for (const owner of ["ann", "bob"]) locks.return(locks.call({ op: "acquire", owner }), undefined);
    expect(linearizable(lockModel(), locks).explanation).toContain(
      `#1 acquire("bob") fits nowhere.\nIn every order that real time allows, the state it finds is held by ann.`,
    );
    const items = new History<QueueInput<number>, number | null | undefined>();
    for (const value of [1, 2]) items.return(items.call({ op: "put", value }), undefined);
    items.return(items.call({ op: "get" }), 2);
    expect(linearizable(queueModel<number>(), items).explanation).toContain(
      "#2 get() -> 2 fits nowhere.\nIn every order that real time allows, the state it finds is [1, 2].",
    );
  });
});

/** A register under load: what `clients` saw, true or, in the last read, not. */
function busy(
  operations: number,
  clients: number,
  lie: boolean,
): History<RegisterInput<number>, RegisterOutput<number>> {
  const history = new History<RegisterInput<number>, RegisterOutput<number>>();
  const open: (() => void)[] = [];
  let [seed, value] = [1, 0];
  const below = (count: number): number => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return Math.floor((seed / 2 ** 32) * count);
  };
  const call = (): void => {
    const written = below(2) === 0 ? below(5) : null;
    const id = history.call(written === null ? { op: "read" } : { op: "write", value: written });
    if (written === null) open.push(() => history.return(id, value));
    else {
      value = written;
      open.push(() => history.return(id, undefined));
    }
  };
  for (let called = 0; called < operations; called += 1) {
    if (open.length === clients) open.splice(below(clients), 1)[0]!();
    call();
  }
  for (const finish of open) finish();
  if (lie) history.return(history.call({ op: "read" }), 77);
  return history;
}

/** The model, and how often it was asked. */
function counting<S, I, O>(model: Model<S, I, O>): { readonly model: Model<S, I, O>; readonly asked: () => number } {
  let asked = 0;
  const step = (state: S, input: I, output: O): S | undefined => {
    asked += 1;
    return model.step(state, input, output);
  };
  return { model: { ...model, step }, asked: () => asked };
}

describe("a long history", () => {
  it.each([1, 2, 4, 8])("of 10,000 operations, %i at a time, asks the model a few times for each", (clients) => {
    const { model, asked } = counting(registerModel(0));
    expect(linearizable(model, busy(10_000, clients, false))).toEqual({ ok: true });
    expect(asked()).toBeLessThan(10_000 * 8);
  });

  it.each([1, 2, 4])("of 10,000 operations, %i at a time, is found wrong at its end", (clients) => {
    const history = busy(10_000, clients, true);
    const { ok, operation } = linearizable(registerModel(0), history);
    expect([ok, operation]).toEqual([false, 10_000]);
  });

  it("of 100,000 operations on one queue neither copies the queue nor recurses", () => {
    const history = new History<QueueInput<number>, number | null | undefined>();
    for (let value = 0; value < 50_000; value += 1) history.return(history.call({ op: "put", value }), undefined);
    for (let value = 0; value < 50_000; value += 1) history.return(history.call({ op: "get" }), value);
    const { model, asked } = counting(queueModel<number>());
    expect(linearizable(model, history)).toEqual({ ok: true });
    expect(asked()).toBe(100_000);
  });

  it("with many operations that never returned is judged, where they ask for few different things", () => {
    const history = new History<RegisterInput<number>, RegisterOutput<number>>();
    for (let i = 0; i < 300; i += 1) {
      history.call({ op: "write", value: i % 3 });
      history.return(history.call({ op: "read" }), i % 3);
    }
    expect(linearizable(registerModel(0), history)).toEqual({ ok: true });
    history.return(history.call({ op: "read" }), 3);
    expect(linearizable(registerModel(0), history).operation).toBe(600);
  });

  it("that takes more than maxSteps is an error that says so", () => {
    expect(() => linearizable(registerModel(0), busy(100, 3, false), { maxSteps: 50 })).toThrow(
      "linearizable: undecided after 50 steps: 100 operations, 0 of them without a return. Let fewer overlap, " +
        "split them by the model's key, or raise maxSteps.",
    );
  });
});

describe("bad input", () => {
  const one = <I, O>(input: unknown, output?: unknown) => {
    const history = new History<I, O>();
    history.return(history.call(input as I), output as O);
    return history;
  };

  it.each([
    ["registerModel", () => linearizable(registerModel(), one({ op: "swap" })), "It knows read, write and cas."],
    ["mapModel", () => linearizable(mapModel(), one({ op: "swap" })), "It knows get, put, delete and cas."],
    ["queueModel", () => linearizable(queueModel(), one({ op: "swap" })), "It knows get and put."],
    ["lockModel", () => linearizable(lockModel(), one({ op: "swap" })), "It knows acquire and release."],
  ])("an operation that %s does not know", (name, judged, known) => {
    const text = name === "lockModel" ? `{op: "swap", owner: undefined}` : `{op: "swap"}`;
    expect(judged).toThrow(`${name}: unknown operation ${text}. ${known}`);
  });

  it("a compare-and-set that answers neither true nor false", () => {
    const history = one<RegisterInput<number>, RegisterOutput<number>>({ op: "cas", from: 1, to: 2 }, "OK");
    expect(() => linearizable(registerModel<number>(), history)).toThrow(
      `registerModel: cas answers whether it wrote, true or false, not "OK".`,
    );
  });

  it("what is no history, and no number of steps", () => {
    expect(() => linearizable(registerModel(), [] as never)).toThrow("linearizable: expected a model and a History.");
    expect(() => linearizable(registerModel(), new History(), { maxSteps: 0 })).toThrow(
      "linearizable: maxSteps is a number above 0, not 0.",
    );
  });

  it("a model that changes the state it is given", () => {
    const model: Model<number[], number, undefined> = {
      init: () => [],
      step: (items, input) => {
        items.push(input);
        return items;
      },
    };
    expect(() => linearizable(model, one(7))).toThrow(
      "linearizable: the model's step changed the state it was given, [], at 7. " +
        "It must leave that as it is, for other orders, and return a new one.",
    );
  });

  it("an error of the model's own comes out as it is", () => {
    const error = new RangeError("mine");
    const model: Model<null, number, undefined> = {
      init: () => null,
      step: () => {
        throw error;
      },
    };
    expect(() => linearizable(model, one(1))).toThrow(error);
  });
});

describe("a program under simulation", () => {
  /** Two copies of a value. A write goes to one, and to the other a little later. */
  const copies = (together: boolean) =>
    function* main(): Coroutine<void> {
      const history = new History<RegisterInput<number>, RegisterOutput<number>>();
      const values = [0, 0];
      function* write(): Coroutine<void> {
        const id = history.call({ op: "write", value: 1 }, "writer");
        values[0] = 1;
        if (!together) yield;
        values[1] = 1;
        history.return(id, undefined);
      }
      function* read(): Coroutine<void> {
        for (const copy of [0, 1]) {
          yield;
          history.return(history.call({ op: "read" }, "reader"), values[copy]);
        }
      }
      yield* gather([write(), read()]);
      const { ok, explanation } = linearizable(registerModel(0), history);
      if (!ok) throw new Error(explanation);
    };

  it("is shown to lose its order, by the schedule that does it", () => {
    const { failures } = explore(copies(false), { strategy: exhaustive() });
    expect(String(failures[0]?.shrunk.error)).toContain("reader read() -> 0 fits nowhere.");
  });

  it("is proved to keep it", () => {
    const { failures, complete } = explore(copies(true), { strategy: exhaustive() });
    expect([failures, complete]).toEqual([[], true]);
  });
});
