import { type Coroutine, Event, Future, Queue, createTask, getRunningLoop, sleep } from "escapement";
import { openConnection, startServer } from "escapement/net";
import { type Host, SimulationError, type World, check, explore, fifo, random, simulate, until } from "escapement/sim";
import { describe, expect, it } from "vitest";

/** What a run returned; what it raised, if it did. */
function outcomeIn<T>(program: (world: World) => Coroutine<T>, seed?: number): T {
  const outcome = simulate(program, seed === undefined ? { strategy: fifo() } : { seed });
  if (outcome.status !== "returned") throw outcome.error;
  return outcome.value!;
}

const now = (): number => getRunningLoop().time();

function* forever(): Coroutine<void> {
  yield* new Event().wait();
}

/** Says so every ten milliseconds, for ever; and when it is let go. */
function* ticker(trace: string[], name: string): Coroutine<void> {
  try {
    for (let i = 1; ; i += 1) {
      yield* sleep(10);
      trace.push(`${now()} ${name} ${i}`);
    }
  } finally {
    trace.push(`${name} cleans up`);
  }
}

describe("World.host", () => {
  it("starts a machine, whose program runs beside main", () => {
    const trace = outcomeIn(function* (world) {
      const notes: string[] = [];
      const host = world.host("a", () => ticker(notes, "a"));
      notes.push(`${host.name} ${host.up}`);
      yield* sleep(25);
      return notes;
    });
    expect(trace).toEqual(["a true", "10 a 1", "20 a 2"]);
  });

  it("ends the run with what its program throws", () => {
    const broken = function* (world: World): Coroutine<void> {
      world.host("a", function* () {
        yield* sleep(5);
        throw new RangeError("too much");
      });
      yield* sleep(1000);
    };
    const outcome = simulate(broken);
    expect(outcome).toMatchObject({ status: "raised", error: new RangeError("too much"), time: 5 });
    expect(() => check(broken)).toThrow(SimulationError);
  });

  it("lets its program end", () => {
    const up = outcomeIn(function* (world) {
      const host = world.host("a", () => sleep(1));
      yield* sleep(5);
      return host.up;
    });
    expect(up).toBe(true);
  });

  it("is switched off when main ends: nothing of it is run, and nobody waits for it", () => {
    const trace: string[] = [];
    const outcome = simulate(function* (world: World) {
      world.host("a", () => ticker(trace, "a"));
      world.host("paused", () => ticker(trace, "b")).pause();
      yield* sleep(15);
    });
    expect(outcome).toMatchObject({ status: "returned", time: 15 });
    expect(trace).toEqual(["10 a 1"]);
  });

  it.each([
    ["a name that is taken", (world: World) => world.host("a", () => sleep(1)), 'there is a host "a" already'],
    ["the name of the program's own machine", (world: World) => world.host("main", () => sleep(1)), "main"],
    ["an empty name", (world: World) => world.host("", () => sleep(1)), "not empty"],
    ["no program", (world: World) => world.host("b", 5 as never), 'the program of "b" is a function'],
    ["a partition from itself", (world: World, a: Host) => world.partition(a, [a]), '"a" is on both sides'],
    ["a partition of nobody", (world: World, a: Host) => world.partition([], a), "an empty list of hosts"],
    ["a partition of what is no host", (world: World, a: Host) => world.partition(a, "b" as never), "got a string (b)"],
    [
      "a healing of what is no host",
      (world: World) => world.heal({ name: "b" } as never),
      "World.heal: expected a host",
    ],
    ["a link to itself", (world: World, a: Host) => world.link(a, a, {}), '"a" has no link to itself'],
    [
      "a probability above 1",
      (world: World, a: Host, b: Host) => world.link(a, b, { loss: 1.5 }),
      "from 0 to 1, not 1.5",
    ],
    ["a negative probability", (world: World, a: Host, b: Host) => world.link(a, b, { duplication: -1 }), "not -1"],
    ["NaN for a probability", (world: World, a: Host, b: Host) => world.link(a, b, { reordering: NaN }), "not NaN"],
    [
      "a mean below the minimum",
      (world: World, a: Host, b: Host) => world.link(a, b, { latency: { min: 5, mean: 1 } }),
      "not { min: 5, mean: 1 }",
    ],
    ["a clock that stands still", (_world: World, a: Host) => a.skewClock(0, -1), "above -1"],
    ["a clock that is nowhere", (_world: World, a: Host) => a.skewClock(Infinity), "not Infinity"],
  ])("refuses %s, at the call", (_what, mistake, message) => {
    const outcome = simulate(function* (world: World) {
      const [a, b] = [world.host("a", () => sleep(1)), world.host("c", () => sleep(1))];
      mistake(world, a, b);
      yield;
    });
    expect(outcome.status).toBe("raised");
    expect(String(outcome.error)).toContain(message);
  });

  it("refuses network options that cannot be, before it runs anything", () => {
    const program = (): never => {
      throw new Error("run");
    };
    expect(() => simulate(program, { network: { loss: 2 } })).toThrow("from 0 to 1, not 2");
    expect(() => explore(program, { network: { latency: { min: -1, mean: 1 } } })).toThrow(
      "a latency is { min, mean }",
    );
  });

  it("refuses a host of another run", () => {
    let stale: Host | undefined;
    simulate(function* (world: World) {
      stale = world.host("a", () => sleep(1));
      yield;
    });
    const outcome = simulate(function* (world: World) {
      world.host("a", () => sleep(1));
      world.heal(stale);
      yield;
    });
    expect(String(outcome.error)).toContain('"a" of another run');
  });
});

describe("Host.crash", () => {
  it("ends all that runs on the host, and runs no clean-up", () => {
    const trace = outcomeIn(function* (world) {
      const notes: string[] = [];
      const host = world.host("a", function* () {
        createTask(ticker(notes, "child"));
        getRunningLoop().callLater(30, () => notes.push("a callback"));
        yield* ticker(notes, "a");
      });
      yield* sleep(15);
      host.crash();
      notes.push(`up: ${host.up}`);
      host.crash();
      yield* sleep(100);
      return notes;
    });
    expect(trace.toSorted()).toEqual(["10 a 1", "10 child 1", "up: false"]);
  });

  it("ends the task that calls it, where it waits next", () => {
    const trace = outcomeIn(function* (world) {
      const notes: string[] = [];
      const host: Host = world.host("a", function* () {
        yield* sleep(1);
        host.crash();
        notes.push("last words");
        createTask(ticker(notes, "stillborn"));
        yield;
        notes.push("from beyond");
      });
      yield* sleep(50);
      return notes;
    });
    expect(trace).toEqual(["last words"]);
  });

  it("ends a task that is ready, one that waits for a condition, and one that has just ended", () => {
    for (let seed = 0; seed < 50; seed += 1) {
      const trace = outcomeIn(function* (world) {
        const notes: string[] = [];
        let open = false;
        const host = world.host("a", function* () {
          createTask(
            (function* () {
              yield* until(() => open);
              notes.push("condition");
            })(),
          );
          yield* sleep(10);
          notes.push("awake");
        });
        yield* sleep(5);
        host.crash();
        open = true;
        yield* sleep(50);
        return notes;
      }, seed);
      expect(trace).toEqual([]);
    }
  });

  it("leaves no trace in the report of a deadlock", () => {
    const outcome = simulate(function* (world: World) {
      const host = world.host("a", () => new Event().wait());
      yield* sleep(1);
      host.crash();
      yield* createTask(forever(), { name: "left" });
    });
    expect(outcome.status).toBe("deadlocked");
    expect(String(outcome.error)).not.toContain('"a"');
    expect(String(outcome.error)).toContain('"left" on Event.wait');
  });

  it("does not take with it what others share with the host", () => {
    const got = outcomeIn(function* (world) {
      const queue = new Queue<string>();
      const host = world.host("a", function* () {
        yield* queue.put("from a");
        yield* queue.join();
      });
      yield* sleep(1);
      host.crash();
      return yield* queue.get();
    });
    expect(got).toBe("from a");
  });
});

describe("Host.restart", () => {
  it("begins the program anew", () => {
    const trace = outcomeIn(function* (world) {
      const notes: string[] = [];
      let lives = 0;
      const host = world.host("a", () => {
        lives += 1;
        return ticker(notes, `life ${lives}:`);
      });
      yield* sleep(15);
      host.crash();
      yield* sleep(10);
      host.restart();
      yield* sleep(15);
      host.restart();
      yield* sleep(15);
      return notes;
    });
    expect(trace).toEqual(["10 life 1: 1", "35 life 2: 1", "50 life 3: 1"]);
  });
});

describe("Host.pause", () => {
  it("stops the host, whose timers go off when it resumes, in order", () => {
    const trace = outcomeIn(function* (world) {
      const notes: string[] = [];
      const host = world.host("a", function* () {
        for (const delay of [30, 20]) {
          createTask(
            (function* () {
              yield* sleep(delay);
              notes.push(`${now()} after ${delay}`);
            })(),
          );
        }
        yield* ticker(notes, "a");
      });
      yield* sleep(15);
      host.pause();
      yield* sleep(100);
      notes.push(`${now()} resume`);
      host.resume();
      yield* sleep(15);
      return notes;
    });
    expect(trace).toEqual(["10 a 1", "115 resume", "115 after 20", "115 a 2", "115 after 30", "125 a 3"]);
  });

  it("is over when the host crashes, and does nothing to one that is down", () => {
    const trace = outcomeIn(function* (world) {
      const notes: string[] = [];
      const host = world.host("a", () => ticker(notes, "a"));
      host.pause();
      yield* sleep(15);
      host.restart();
      yield* sleep(15);
      host.crash();
      host.pause();
      host.restart();
      yield* sleep(15);
      return notes;
    });
    expect(trace).toEqual(["25 a 1", "40 a 1"]);
  });

  it("lets others connect and send meanwhile: it takes it all when it resumes", () => {
    const trace = outcomeIn(function* (world) {
      const notes: string[] = [];
      const host = world.host("a", function* () {
        const server = yield* startServer(
          function* (reader, writer) {
            notes.push(`${now()} got ${new TextDecoder().decode(yield* reader.readline()).trim()}`);
            writer.close();
          },
          "",
          80,
        );
        yield* server.serveForever();
      });
      yield* sleep(5);
      host.pause();
      const [reader, writer] = yield* openConnection("a", 80);
      notes.push(`${now()} connected`);
      writer.write("hello\n");
      yield* sleep(50);
      host.resume();
      notes.push(`${now()} resume`);
      yield* reader.read();
      return notes;
    });
    expect(trace).toEqual(["7 connected", "57 resume", "57 got hello"]);
  });
});

describe("Host.skewClock", () => {
  it("is what the host's loop tells, and nobody else's", () => {
    const trace = outcomeIn(function* (world) {
      const notes: string[] = [];
      const read = function* (name: string): Coroutine<void> {
        for (;;) {
          notes.push(`${name} ${now()}`);
          yield* sleep(100);
        }
      };
      const host = world.host("ahead", () => read("ahead"));
      world.host("right", () => read("right"));
      host.skewClock(5000);
      yield* sleep(150);
      host.skewClock(-50);
      yield* sleep(100);
      notes.push(`main ${now()}`);
      return notes;
    });
    expect(trace).toEqual(["ahead 5000", "right 0", "ahead 5100", "right 100", "ahead 150", "right 200", "main 250"]);
  });

  it("drifts: what the host takes for a second is shorter", () => {
    const times = outcomeIn(function* (world) {
      const done = new Future<[local: number, truly: number]>();
      const trueTime = new Future<() => number>();
      const host = world.host("fast", function* () {
        const start = now();
        const context = yield* trueTime;
        yield* sleep(1000);
        done.setResult([now() - start, context()]);
      });
      host.skewClock(0, 0.25);
      const loop = getRunningLoop();
      let truly = 0;
      loop.callLater(799, () => (truly = loop.time()));
      trueTime.setResult(() => truly);
      return [...(yield* done), now()];
    });
    // 1000 ms on a clock that is a quarter too fast are 800; the callback at 799 has been, and main, which woke at 800.
    expect(times[0]).toBeCloseTo(1000, 9);
    expect(times.slice(1)).toEqual([799, 800]);
  });

  it("goes for deadlines, too", () => {
    const trace = outcomeIn(function* (world) {
      const notes: string[] = [];
      const host = world.host("slow", function* () {
        yield* sleep(10);
        const loop = getRunningLoop();
        const timer = loop.callAt(loop.time() + 100, () => notes.push(`${loop.time()}`));
        notes.push(`${timer.when()}`);
        yield* sleep(1000);
      });
      host.skewClock(1000, -0.5);
      yield* sleep(219);
      notes.push("219");
      yield* sleep(2);
      return notes;
    });
    expect(trace).toEqual(["1110", "219", "1110"]);
  });

  it("is over with the run", () => {
    const times: number[] = [];
    explore(
      function* (world: World) {
        times.push(now());
        world.host("a", () => sleep(1)).skewClock(1000);
        yield* sleep(1);
      },
      { schedules: 3, strategy: random() },
    );
    expect(times).toEqual([0, 0, 0]);
  });
});

describe("a world", () => {
  /** Hosts that crash, pause, are parted and set their clocks wrong, as they come. */
  function* eventful(world: World): Coroutine<string[]> {
    const trace: string[] = [];
    const names = ["a", "b", "c"];
    const hosts = names.map((name) =>
      world.host(name, function* () {
        const server = yield* startServer(
          function* (reader, writer) {
            trace.push(`${now()} ${name} got ${new TextDecoder().decode(yield* reader.readline())}`);
            writer.close();
          },
          "",
          80,
        );
        for (;;) {
          yield* sleep(10);
          const [reader, writer] = yield* openConnection(world.random.pick(names), 80);
          writer.write(`from ${name}\n`);
          yield* reader.read();
          writer.close();
          if (!server.isServing()) return;
        }
      }),
    );
    const [a, b, c] = hosts as [Host, Host, Host];
    yield* sleep(25);
    a.pause();
    b.skewClock(100, 0.01);
    world.partition(b, [a, c], { oneWay: true });
    yield* sleep(25);
    a.resume();
    c.skewClock(-10);
    yield* sleep(25);
    world.heal();
    yield* sleep(25);
    return trace;
  }

  it("is decided by the seed, whatever ran before on the same machine", () => {
    const digests: string[] = [];
    explore(eventful, {
      schedules: 20,
      stopAfter: Infinity,
      shrink: false,
      strategy: { ...random(), end: ({ digest }) => digests.push(digest) },
    });
    const alone = digests.map((_, seed) => simulate(eventful, { seed }).digest);
    expect(new Set(digests).size).toBe(20);
    expect(alone).toEqual(digests);
  });

  it("does without hosts: the program's own machine has a network", () => {
    const answer = outcomeIn(function* () {
      const server = yield* startServer(
        function* (_reader, writer) {
          writer.write("here");
          writer.close();
        },
        "localhost",
        0,
      );
      const [reader, writer] = yield* openConnection("127.0.0.1", server.port);
      const bytes = yield* reader.read();
      writer.close();
      server.close();
      return [new TextDecoder().decode(bytes), now()];
    });
    expect(answer).toEqual(["here", 0]);
  });
});
