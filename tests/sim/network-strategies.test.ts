// Every fault is a choice: strategies make them as likely as they were said to be, try all, replay and shrink them.
import { type Coroutine, gather, getRunningLoop, sleep, timeout, using } from "escapement";
import { NetworkError, type StreamReader, type StreamWriter, openConnection, startServer } from "escapement/net";
import {
  type Host,
  type NetworkOptions,
  type Strategy,
  type World,
  bounded,
  buggify,
  dpor,
  exhaustive,
  explore,
  pct,
  portfolio,
  pos,
  random,
  replay,
  simulate,
  sometimes,
  state,
  uniform,
} from "escapement/sim";
import { describe, expect, it } from "vitest";

const FIXED = { latency: { min: 1, mean: 1 } };
const CHAOS = { loss: 0.1, reordering: 0.1 };

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

function* echo(reader: StreamReader, writer: StreamWriter): Coroutine<void> {
  for (let line = yield* reader.readline(); line.length > 0; line = yield* reader.readline()) writer.write(line);
  writer.close();
}

function echoHost(world: World, name: string): Host {
  return world.host(name, function* () {
    const server = yield* startServer(echo, "", 80);
    yield* server.serveForever();
  });
}

/** What a request came to: its answer, or why there is none. */
function* ask(host: string, limit: number): Coroutine<string> {
  try {
    return yield* using(timeout(limit), function* () {
      const [reader, writer] = yield* openConnection(host, 80);
      writer.write("x\n");
      const answer = text(yield* reader.readline()).trim();
      writer.close();
      return answer === "" ? "closed" : answer;
    });
  } catch (error) {
    return error instanceof NetworkError ? String(error.code) : (error as Error).name;
  }
}

/** Two clients each send one message to a server: in which order do they come? */
function* race(world: World): Coroutine<string> {
  const order = state<string[]>([], "order");
  world.host("server", function* () {
    const server = yield* startServer(
      function* (reader, writer) {
        order.push(text(yield* reader.readline()).trim());
        writer.close();
      },
      "",
      80,
    );
    yield* server.serveForever();
  });
  yield* sleep(1);
  for (const name of ["a", "b"]) {
    world.host(name, function* () {
      const [, writer] = yield* openConnection("server", 80);
      writer.write(`${name}\n`);
    });
  }
  yield* sleep(20);
  return order.join("");
}

/** A client asks a host that crashes, at one moment or another, and may be back. */
function* crashing(world: World): Coroutine<string> {
  const seen = state({ answer: "" }, "seen");
  const server = echoHost(world, "server");
  world.host("client", function* () {
    yield* sleep(1);
    seen.answer = yield* ask("server", 10);
  });
  yield* sleep(world.random.pick([1, 3, 4, 5]));
  server.crash();
  if (world.random.chance(0.5)) server.restart();
  yield* sleep(20);
  return seen.answer;
}

/** A client asks a host that is cut off, in one direction or another, or paused. */
function* parted(world: World): Coroutine<string> {
  const seen = state({ answer: "" }, "seen");
  const server = echoHost(world, "server");
  const client = world.host("client", function* () {
    yield* sleep(1);
    seen.answer = yield* ask("server", 10);
  });
  yield* sleep(world.random.pick([2, 4]));
  if (world.random.chance(0.5)) world.partition(server, client, { oneWay: true });
  else server.pause();
  yield* sleep(world.random.pick([2, 20]));
  world.heal();
  server.resume();
  yield* sleep(20);
  return seen.answer;
}

/** All that `program` may return, and at which time. */
function outcomes(program: (world: World) => Coroutine<string>, strategy: Strategy, network: NetworkOptions) {
  const seen = new Set<string>();
  const { complete, schedules } = explore(
    function* (world: World) {
      seen.add(yield* program(world));
    },
    { strategy, network, schedules: 50_000 },
  );
  return { complete, schedules, seen: [...seen].toSorted() };
}

describe("messages", () => {
  it.each([
    ["random", random],
    ["uniform", uniform],
    ["pct", pct],
    ["pos", pos],
    ["bounded", bounded],
    ["portfolio", portfolio],
    ["dpor", dpor],
  ] as const)("come in every order: %s", (_name, strategy) => {
    const seen = new Set<string>();
    explore(
      function* (world: World) {
        seen.add(yield* race(world));
      },
      { strategy: strategy(), schedules: 1000, network: FIXED },
    );
    expect([...seen].toSorted()).toEqual(["ab", "ba"]);
  });
});

describe("dpor", () => {
  it.each([
    ["a crash and a restart", crashing, 4],
    ["a partition and a pause", parted, 2],
  ] as const)("reaches all that exhaustive does, with fewer schedules: %s", (_name, program, different) => {
    const all = outcomes(program, exhaustive(), FIXED);
    const few = outcomes(program, dpor(), FIXED);
    expect(all.complete).toBe(true);
    expect(few.complete).toBe(true);
    expect(few.seen).toEqual(all.seen);
    expect(all.seen.length).toBeGreaterThanOrEqual(different);
    expect(few.schedules * 2).toBeLessThan(all.schedules);
  });
});

describe("exhaustive", () => {
  it("tries every latency", () => {
    const seen = new Set<number>();
    const { complete, schedules } = explore(
      function* (world: World) {
        world.host("server", () => sleep(1));
        yield* sleep(2);
        yield* ask("server", 10_000);
        seen.add(getRunningLoop().time());
      },
      { strategy: exhaustive(), schedules: 10_000, network: { latency: { min: 1, mean: 2 } } },
    );
    expect(complete).toBe(true);
    // Sixteen there, sixteen back with the refusal; many a sum is as long as another.
    expect(schedules).toBe(256);
    expect(seen.size).toBeGreaterThan(100);
  });
});

describe("a failure under chaos", () => {
  /** A client that takes a refusal for the end. It needs one crash, and nothing else. */
  function* impatient(world: World): Coroutine<void> {
    const server = echoHost(world, "server");
    const others = ["a", "b", "c"].map((name) => echoHost(world, name));
    for (let i = 0; i < 10; i += 1) {
      if (world.random.chance(0.1)) server.crash();
      for (const other of others) if (world.random.chance(0.2)) other.restart();
      if (world.random.chance(0.2)) world.partition(others[0]!, others[1]!);
      yield* sleep(1);
    }
    yield* gather(others.map(({ name }) => ask(name, 1000)));
    if ((yield* ask("server", 1000)) === "ECONNREFUSED") throw new Error("refused");
  }

  it("shrinks to the one fault that it takes, and replays", () => {
    const { failures } = explore(impatient, { strategy: random(), schedules: 500, network: CHAOS });
    const { found, shrunk, repro } = failures[0]!;
    expect(found.error).toEqual(new Error("refused"));
    expect(shrunk.error).toEqual(new Error("refused"));
    expect(found.repro.length).toBeGreaterThan(40);
    expect(repro.length).toBeLessThanOrEqual(24);
    for (let i = 0; i < 20; i += 1) {
      const again = replay(impatient, repro, { network: CHAOS });
      expect(again.digest).toBe(shrunk.digest);
      expect(again.error).toEqual(new Error("refused"));
    }
  });

  it("shrinks to the loss that it takes: a retry that pays twice", () => {
    // The client sends its request again when no answer has come in time; each is charged.
    function* paying(world: World): Coroutine<void> {
      let charged = 0;
      world.host("bank", function* () {
        const server = yield* startServer(
          function* (reader, writer) {
            yield* reader.readline();
            charged += 1;
            writer.write("paid\n");
            writer.close();
          },
          "",
          80,
        );
        yield* server.serveForever();
      });
      for (let i = 0; i < 2; i += 1) if ((yield* ask("bank", 100)) === "paid") break;
      yield* sleep(10_000);
      if (charged > 1) throw new Error("charged twice");
    }
    const network = { ...FIXED, loss: 0.05 };
    const { failures } = explore(paying, { strategy: portfolio(), schedules: 1000, network });
    const { shrunk, repro } = failures[0]!;
    expect(shrunk.error).toEqual(new Error("charged twice"));
    expect(repro.length).toBeLessThanOrEqual(20);
    expect(replay(paying, repro, { network }).digest).toBe(shrunk.digest);
  });
});

describe("buggify", () => {
  it("goes wrong as often as it was said, by every strategy that draws", () => {
    for (const strategy of [random, uniform, pct, pos]) {
      let wrong = 0;
      simulate(
        function* () {
          for (let i = 0; i < 4000; i += 1) if (buggify(0.1)) wrong += 1;
          yield;
        },
        { seed: 7, strategy: strategy() },
      );
      // 400, give or take five standard deviations of 19.
      expect(wrong).toBeGreaterThan(305);
      expect(wrong).toBeLessThan(495);
    }
  });
});

describe("sometimes", () => {
  it("is counted on hosts, too, and reported when it was never true", () => {
    const { sometimes: counts } = explore(
      function* (world: World) {
        world.host("a", function* () {
          sometimes(buggify(0.5), "went wrong");
          sometimes(false, "never");
          yield* sleep(1);
        });
        yield* sleep(5);
      },
      { strategy: random(), schedules: 100 },
    );
    expect(counts.get("never")).toBe(0);
    expect(counts.get("went wrong")).toBeGreaterThan(20);
  });
});
