// What the simulated network does to streams: latency, loss, partitions, crashes; each of it a choice of the oracle.
import {
  type Awaitable,
  type Coroutine,
  TimeoutError,
  createTask,
  gather,
  getRunningLoop,
  sleep,
  timeout,
  using,
} from "escapement";
import {
  NetworkError,
  type StreamReader,
  type StreamWriter,
  openConnection,
  startServer,
  startUnixServer,
} from "escapement/net";
import {
  type Host,
  type NetworkOptions,
  type Strategy,
  type World,
  explore,
  fifo,
  pct,
  pos,
  random,
  simulate,
  uniform,
} from "escapement/sim";
import { describe, expect, it } from "vitest";

const FIXED = { latency: { min: 1, mean: 1 } };

const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const now = (): number => getRunningLoop().time();

function fixed<T>(program: (world: World) => Coroutine<T>, network: NetworkOptions = FIXED): T {
  const outcome = simulate(program, { strategy: fifo(), network });
  if (outcome.status !== "returned") throw outcome.error;
  return outcome.value!;
}

/** A host that says back what it is told, line by line. */
function echoHost(world: World, name = "server"): Host {
  return world.host(name, function* () {
    const server = yield* startServer(echo, "", 80);
    yield* server.serveForever();
  });
}

function* echo(reader: StreamReader, writer: StreamWriter): Coroutine<void> {
  try {
    for (let line = yield* reader.readline(); line.length > 0; line = yield* reader.readline()) {
      writer.write(line);
      yield* writer.drain();
    }
  } catch (error) {
    if (!(error instanceof NetworkError)) throw error;
  }
  writer.close();
}

/** The code of the NetworkError that it throws, or its name if it is late; what it gives, if it throws neither. */
function* codeOf(work: Awaitable<unknown>): Coroutine<unknown> {
  try {
    return yield* work;
  } catch (error) {
    if (error instanceof TimeoutError) return error.name;
    if (!(error instanceof NetworkError)) throw error;
    return error.code;
  }
}

/** How long each of `count` messages takes from one host to another, one after the other. */
function delays(count: number, network: NetworkOptions, strategy: Strategy, seed: number): number[] {
  const outcome = simulate(
    function* (world: World) {
      const taken: number[] = [];
      world.host("server", function* () {
        yield* startServer(
          function* (reader) {
            for (;;) {
              const sent = Number(text(yield* reader.readline()));
              taken.push(now() - sent);
            }
          },
          "",
          80,
        );
      });
      yield* sleep(1);
      const [, writer] = yield* openConnection("server", 80);
      for (let i = 0; i < count; i += 1) {
        writer.write(`${now()}\n`);
        yield* sleep(1_000_000);
      }
      return taken;
    },
    { seed, strategy, network },
  );
  if (outcome.status !== "returned") throw outcome.error;
  return outcome.value!;
}

const mean = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0) / numbers.length;

describe("latency", () => {
  it("is the minimum where nothing is undetermined, and never less", () => {
    const network = { latency: { min: 3, mean: 10 } };
    expect(new Set(delays(10, network, fifo(), 0).map((delay) => Math.round(delay)))).toEqual(new Set([3]));
    for (const delay of delays(500, network, random(), 1)) expect(delay).toBeGreaterThan(2.99);
  });

  it("has the mean that it was given", () => {
    const measured = mean(delays(4000, { latency: { min: 3, mean: 10 } }, random(), 2));
    // Sixteen equally likely values stand for an exponential distribution, whose tail they cut off.
    expect(measured).toBeGreaterThan(9);
    expect(measured).toBeLessThan(10.5);
  });

  it("is a link's own where it was given one, both ways", () => {
    const trace = fixed(function* (world) {
      const notes: string[] = [];
      const server = echoHost(world);
      const near = world.host("near", function* () {
        yield* sleep(5);
        const [reader, writer] = yield* openConnection("server", 80);
        notes.push(`connected ${now()}`);
        writer.write("x\n");
        yield* reader.readline();
        notes.push(`answered ${now()}`);
      });
      world.link(server, near, { latency: { min: 20, mean: 20 } });
      yield* sleep(200);
      return notes;
    });
    expect(trace).toEqual(["connected 45", "answered 85"]);
  });

  it("is none on a machine's own network, and on its Unix sockets", () => {
    const time = fixed(function* () {
      yield* startServer(echo, "", 80);
      yield* startUnixServer(echo, "/run/echo");
      const [reader, writer] = yield* openConnection("main", 80);
      writer.write("x\n");
      yield* reader.readline();
      return now();
    });
    expect(time).toBe(0);
  });
});

const samplers: Record<string, () => Strategy> = { random, uniform, pct, pos };

describe("loss", () => {
  it.each(Object.entries(samplers))("is as likely as it was said: %s", (_name, strategy) => {
    const taken = delays(2000, { ...FIXED, loss: 0.1 }, strategy(), 3);
    const lost = taken.filter((delay) => delay > 100).length / taken.length;
    // 200 of 2000, give or take five standard deviations of 13.
    expect(lost).toBeGreaterThan(0.066);
    expect(lost).toBeLessThan(0.134);
    expect(taken).toHaveLength(2000);
  });

  it("is a delay: a segment is sent again after 200 ms, then after 400 more", () => {
    const taken = delays(3000, { ...FIXED, loss: 0.2 }, random(), 4).map((delay) => Math.round(delay));
    expect([...new Set(taken)].toSorted((a, b) => a - b).slice(0, 4)).toEqual([1, 201, 601, 1401]);
  });

  it("of everything is as if the link were cut", () => {
    const code = fixed(
      function* (world) {
        echoHost(world);
        return yield* codeOf(openConnection("server", 80));
      },
      { loss: 1 },
    );
    expect(code).toBe("ETIMEDOUT");
  });
});

describe("reordering", () => {
  it("delays, and keeps the order of a stream", () => {
    const { value } = simulate(
      function* (world: World) {
        echoHost(world);
        yield* sleep(1);
        const [reader, writer] = yield* openConnection("server", 80);
        for (let i = 0; i < 200; i += 1) writer.write(`${i}\n`);
        const numbers: number[] = [];
        for (let i = 0; i < 200; i += 1) numbers.push(Number(text(yield* reader.readline())));
        return numbers;
      },
      { seed: 5, network: { latency: { min: 1, mean: 20 }, reordering: 0.5, duplication: 0.5 } },
    );
    expect(value).toEqual(Array.from({ length: 200 }, (_, i) => i));
  });

  it("is as likely as it was said", () => {
    const taken = delays(2000, { latency: { min: 5, mean: 5 }, reordering: 0.25 }, random(), 6);
    const late = taken.filter((delay) => delay > 10).length / taken.length;
    expect(late).toBeGreaterThan(0.2);
    expect(late).toBeLessThan(0.3);
  });
});

describe("World.partition", () => {
  it("holds what is sent, both ways, until the world is healed", () => {
    const trace = fixed(function* (world) {
      const notes: string[] = [];
      const server = echoHost(world);
      const client = world.host("client", function* () {
        yield* sleep(5);
        const [reader, writer] = yield* openConnection("server", 80);
        for (let i = 0; ; i += 1) {
          writer.write(`${i}\n`);
          const answer = text(yield* reader.readline()).trim();
          notes.push(`${now()} answer ${answer}`);
          yield* sleep(10);
        }
      });
      yield* sleep(10);
      world.partition(client, server);
      yield* sleep(500);
      notes.push(`${now()} heal`);
      world.heal(client, server);
      yield* sleep(5);
      return notes;
    });
    expect(trace).toEqual(["9 answer 0", "510 heal", "512 answer 1"]);
  });

  it("one way, lets the other direction through", () => {
    const trace = fixed(function* (world) {
      const notes: string[] = [];
      const receiver = world.host("receiver", function* () {
        const server = yield* startServer(
          function* (reader, writer) {
            for (let i = 0; ; i += 1) {
              const line = text(yield* reader.readline());
              notes.push(`${now()} got ${line.trim()}`);
              writer.write(line);
            }
          },
          "",
          80,
        );
        yield* server.serveForever();
      });
      const sender = world.host("sender", function* () {
        yield* sleep(5);
        const [reader, writer] = yield* openConnection("receiver", 80);
        yield* sleep(10);
        writer.write("x\n");
        const answer = text(yield* reader.readline()).trim();
        notes.push(`${now()} acknowledged ${answer}`);
      });
      yield* sleep(10);
      world.partition(receiver, sender, { oneWay: true });
      yield* sleep(100);
      world.heal(sender);
      yield* sleep(10);
      return notes;
    });
    expect(trace).toEqual(["18 got x", "111 acknowledged x"]);
  });

  it("of the way back alone, keeps connections from coming about, for both ends", () => {
    const trace = fixed(function* (world) {
      const notes: string[] = [];
      const server = world.host("server", function* () {
        yield* startServer(() => void notes.push(`${now()} accepted`), "", 80);
        yield* sleep(1000);
      });
      const client = world.host("client", function* () {
        yield* sleep(5);
        yield* openConnection("server", 80);
        notes.push(`${now()} connected`);
      });
      world.partition(server, client, { oneWay: true });
      yield* sleep(100);
      world.heal();
      yield* sleep(10);
      return notes;
    });
    expect(trace.toSorted()).toEqual(["102 accepted", "102 connected"]);
  });

  it("catches what is under way", () => {
    const trace = fixed(function* (world) {
      const notes: string[] = [];
      const server = echoHost(world);
      const client = world.host("client", function* () {
        yield* sleep(5);
        const [reader, writer] = yield* openConnection("server", 80);
        writer.write("x\n");
        yield* reader.readline();
        notes.push(`${now()}`);
      });
      world.link(server, client, { latency: { min: 10, mean: 10 } });
      yield* sleep(30);
      world.partition(server, client);
      yield* sleep(70);
      world.heal();
      yield* sleep(50);
      return notes;
    });
    // It left at 25, and would have arrived at 35.
    expect(trace).toEqual(["120"]);
  });

  it("that lasts ends what waits, after as long as on Linux; who sends nothing never knows", () => {
    const trace = fixed(function* (world) {
      const notes: string[] = [];
      const server = echoHost(world);
      const talks = function* (name: string, work: (reader: StreamReader, writer: StreamWriter) => Coroutine<unknown>) {
        const [reader, writer] = yield* openConnection("server", 80);
        yield* sleep(10);
        const code = String(yield* codeOf(work(reader, writer)));
        notes.push(`${now()} ${name} ${code}`);
      };
      const client = world.host("client", function* () {
        yield* sleep(1);
        yield* gather([
          talks("sends", function* (reader, writer) {
            writer.write("anybody there?\n");
            return yield* reader.readline();
          }),
          talks("only reads", (reader) => reader.readline()),
          (function* () {
            yield* sleep(20);
            const code = String(yield* codeOf(openConnection("server", 80)));
            notes.push(`${now()} connects ${code}`);
          })(),
        ]);
      });
      yield* sleep(10);
      world.partition(client, server);
      yield* sleep(10_000_000);
      return notes;
    });
    expect(trace).toEqual(["127021 connects ETIMEDOUT", "924613 sends ETIMEDOUT"]);
  });

  it("holds back a writer, whose bytes are not acknowledged", () => {
    const [before, after] = fixed(function* (world) {
      const server = echoHost(world);
      let written = 0;
      const client = world.host("client", function* () {
        yield* sleep(1);
        const [, writer] = yield* openConnection("server", 80);
        yield* sleep(5);
        for (; written < 10; written += 1) {
          writer.write(`${"x".repeat(32_767)}\n`);
          yield* writer.drain();
        }
      });
      yield* sleep(5);
      world.partition(client, server);
      yield* sleep(1000);
      const stopped = written;
      world.heal();
      yield* sleep(100);
      return [stopped, written];
    });
    expect([before, after]).toEqual([2, 10]);
  });
});

describe("a crash", () => {
  /** What a client sees that has a connection to a host when it crashes, and then connects anew. */
  function* crashing(world: World): Coroutine<string> {
    const server = echoHost(world);
    const seen: string[] = [];
    world.host("client", function* () {
      yield* sleep(1);
      const [reader] = yield* openConnection("server", 80);
      seen.push(String(yield* codeOf(using(timeout(1000), () => reader.readline()))));
      seen.push(String(yield* codeOf(openConnection("server", 80))));
    });
    yield* sleep(10);
    server.crash();
    while (seen.length < 2) yield* sleep(100);
    return seen.join(", ");
  }

  it("is told by a reset, or by nothing at all: as the oracle chooses", () => {
    const seen = new Set<string>();
    explore(
      function* (world: World) {
        seen.add(yield* crashing(world));
      },
      { strategy: random(), schedules: 100, network: FIXED },
    );
    expect([...seen].toSorted()).toEqual(["ECONNRESET, ECONNREFUSED", "TimeoutError, ETIMEDOUT"]);
  });

  it("leaves a connection half open, if nobody says so; the machine that comes after does not know it", () => {
    const silent: Strategy = {
      name: "silent",
      begin: () => ({ choose: (kind, count, label) => (label.startsWith("silence") ? count - 1 : 0) }),
    };
    const outcome = simulate(
      function* (world: World) {
        const notes: string[] = [];
        const server = echoHost(world);
        world.host("client", function* () {
          yield* sleep(1);
          const [reader, writer] = yield* openConnection("server", 80);
          try {
            yield* using(timeout(100), () => reader.readline());
          } catch {
            notes.push(`${now()} nothing heard`);
          }
          const connecting = String(yield* codeOf(openConnection("server", 80)));
          notes.push(`${now()} connects ${connecting}`);
          yield* sleep(100_000);
          writer.write("x\n");
          const sending = String(yield* codeOf(reader.readline()));
          notes.push(`${now()} sends ${sending}`);
        });
        yield* sleep(10);
        server.crash();
        yield* sleep(200_000);
        server.restart();
        yield* sleep(1_000_000);
        return notes;
      },
      { strategy: silent, network: FIXED },
    );
    // It sends at 227,103, and is answered two milliseconds later.
    expect(outcome.value).toEqual(["103 nothing heard", "127103 connects ETIMEDOUT", "227105 sends ECONNRESET"]);
  });

  it("lets an attempt to connect go on when the machine comes back in time", () => {
    const silent: Strategy = {
      name: "silent",
      begin: () => ({ choose: (_kind, count, label) => (label.startsWith("silence") ? count - 1 : 0) }),
    };
    const { value } = simulate(
      function* (world: World) {
        const server = echoHost(world);
        yield* sleep(1);
        server.crash();
        const attempt = createTask(openConnection("server", 80));
        yield* sleep(100);
        server.restart();
        yield* attempt;
        return now();
      },
      { strategy: silent, network: FIXED },
    );
    // The program listens in the first iteration after its start, when the repeated attempt is still under way.
    expect(value).toBe(103);
  });

  it("loses what the host had not sent yet, and lets what is under way arrive", () => {
    const trace = fixed(function* (world) {
      const notes: string[] = [];
      const server = world.host("server", function* () {
        const listening = yield* startServer(
          function* (_reader, writer) {
            for (let i = 0; ; i += 1) {
              writer.write(`${i}\n`);
              yield* sleep(10);
            }
          },
          "",
          80,
        );
        yield* listening.serveForever();
      });
      world.host("client", function* () {
        yield* sleep(1);
        const [reader] = yield* openConnection("server", 80);
        for (;;) {
          const line = yield* codeOf(reader.readline());
          notes.push(`${now()} ${typeof line === "string" ? line : text(line as Uint8Array).trim()}`);
          if (typeof line === "string") return;
        }
      });
      yield* sleep(23.5);
      server.crash();
      yield* sleep(100);
      return notes;
    });
    expect(trace).toEqual(["4 0", "14 1", "24 2", "24.5 ECONNRESET"]);
  });
});
