// Ways out of a simulation, each as a user would write it: what a program reads of the host, or leaves to it.
import { generateKeyPairSync, randomBytes, randomFillSync, randomInt, randomUUID, webcrypto } from "node:crypto";
import { performance as performanceOfNode } from "node:perf_hooks";
import { hrtime, nextTick, uptime } from "node:process";
import { setTimeout as setTimeoutOfNode } from "node:timers";
import { setTimeout as delay } from "node:timers/promises";
import { type Awaitable, type Coroutine, fromCallback, fromPromise, getRunningLoop, sleep, toThread } from "escapement";
import { createSubprocessExec } from "escapement/process";

/** The clock's first reading in all of them. */
export const START = Date.UTC(2030, 0, 1);
/** And when they read it. */
export const NOW = START + 1500;

/** What gives away the host's time. */
export interface TimeLeak {
  readonly name: string;
  readonly read: () => unknown;
  /** What the simulation's clock makes of it. */
  readonly expected: unknown;
}

class Stamp extends Date {}

/** A stand-in, as far as it is needed here, for hosts that have none yet: it reads the real time. */
export const temporal: { readonly Instant: object; readonly Now: Record<string, (zone?: string) => unknown> } = (() => {
  const textOf = (time: number) => new Date(time).toISOString().replace(/0+Z$/, "");
  const instant = (epochMilliseconds: number) => ({
    epochMilliseconds,
    toZonedDateTimeISO: (timeZone: string) => ({
      timeZoneId: timeZone,
      epochMilliseconds,
      toPlainDate: () => textOf(epochMilliseconds).split("T")[0],
      toPlainTime: () => textOf(epochMilliseconds).split("T")[1],
      toPlainDateTime: () => textOf(epochMilliseconds),
    }),
  });
  const realNow = Date.now.bind(Date);
  const now = (zone = "UTC") => instant(realNow()).toZonedDateTimeISO(zone);
  return {
    Instant: { fromEpochMilliseconds: instant },
    Now: {
      timeZoneId: () => "UTC",
      instant: () => instant(realNow()),
      zonedDateTimeISO: now,
      plainDateISO: (zone) => now(zone).toPlainDate(),
      plainTimeISO: (zone) => now(zone).toPlainTime(),
      plainDateTimeISO: (zone) => now(zone).toPlainDateTime(),
    },
  };
})();

type Zoned = { epochMilliseconds: number; timeZoneId: string };

function temporalNow(): Record<string, (zone?: string) => any> {
  return (globalThis as unknown as { Temporal: { Now: Record<string, (zone?: string) => any> } }).Temporal.Now;
}

const format = new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", dateStyle: "short", timeStyle: "medium" });
const day = new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", year: "numeric", month: "2-digit", day: "2-digit" });

export const timeLeaks: readonly TimeLeak[] = [
  { name: "Date.now()", read: () => Date.now(), expected: NOW },
  { name: "new Date()", read: () => new Date().toISOString(), expected: "2030-01-01T00:00:01.500Z" },
  { name: "Date(), a text", read: () => Date(), expected: new Date(NOW).toString() },
  { name: "a Date.now taken along", read: () => [1].map(Date.now)[0], expected: NOW },
  {
    name: "Date.prototype.constructor",
    read: () => new (new Date(0).constructor as DateConstructor)().getTime(),
    expected: NOW,
  },
  {
    name: "a class that extends Date",
    read: () => {
      class Birthday extends Date {}
      return [new Birthday().getTime(), new Birthday() instanceof Birthday, new Birthday() instanceof Date];
    },
    expected: [NOW, true, true],
  },
  { name: "performance.now()", read: () => performance.now(), expected: NOW },
  { name: "performance of node:perf_hooks", read: () => performanceOfNode.now(), expected: NOW },
  { name: "performance.timeOrigin", read: () => performance.timeOrigin + performance.now(), expected: NOW },
  { name: "performance.mark()", read: () => performance.mark("a").startTime, expected: NOW },
  {
    name: "performance.measure()",
    read: () => {
      performance.mark("b", { startTime: START });
      return performance.measure("c", "b").duration;
    },
    expected: 1500,
  },
  { name: "process.hrtime()", read: () => process.hrtime(), expected: [NOW / 1000 - 0.5, 500_000_000] },
  { name: "process.hrtime(before)", read: () => hrtime([START / 1000, 700_000_000]), expected: [0, 800_000_000] },
  { name: "process.hrtime.bigint()", read: () => process.hrtime.bigint(), expected: BigInt(NOW) * 1_000_000n },
  { name: "process.uptime()", read: () => uptime(), expected: NOW / 1000 },
  { name: "Intl.DateTimeFormat().format()", read: () => format.format(), expected: "01/01/2030, 00:00:01" },
  {
    name: "Intl.DateTimeFormat().formatToParts()",
    read: () => day.formatToParts().map(({ value }) => value),
    expected: ["01", "/", "01", "/", "2030"],
  },
  { name: "Event.timeStamp", read: () => new Event("a").timeStamp, expected: NOW },
  { name: "File.lastModified", read: () => new File(["a"], "a.txt").lastModified, expected: NOW },
  { name: "Temporal.Now.instant()", read: () => temporalNow()["instant"]!().epochMilliseconds, expected: NOW },
  {
    name: "Temporal.Now.zonedDateTimeISO()",
    read: () => {
      const { epochMilliseconds, timeZoneId } = temporalNow()["zonedDateTimeISO"]!() as Zoned;
      return [epochMilliseconds, timeZoneId === temporalNow()["timeZoneId"]!()];
    },
    expected: [NOW, true],
  },
  {
    name: "Temporal.Now.plainDateISO()",
    read: () => String(temporalNow()["plainDateISO"]!("UTC")),
    expected: "2030-01-01",
  },
  {
    name: "Temporal.Now.plainTimeISO()",
    read: () => String(temporalNow()["plainTimeISO"]!("UTC")),
    expected: "00:00:01.5",
  },
  {
    name: "Temporal.Now.plainDateTimeISO()",
    read: () => String(temporalNow()["plainDateTimeISO"]!("UTC")),
    expected: "2030-01-01T00:00:01.5",
  },
];

/** What gives away the host's randomness, as a text. */
export interface DrawLeak {
  readonly name: string;
  readonly draw: () => string;
  readonly looksLike: RegExp;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

export const drawLeaks: readonly DrawLeak[] = [
  { name: "Math.random()", draw: () => String(Math.random()), looksLike: /^\d(\.\d+)?(e-\d+)?$/ },
  { name: "crypto.randomUUID()", draw: () => crypto.randomUUID(), looksLike: UUID },
  { name: "randomUUID of node:crypto", draw: () => randomUUID(), looksLike: UUID },
  {
    name: "crypto.getRandomValues()",
    draw: () => Array.from(crypto.getRandomValues(new Uint8Array(9)), (byte) => byte.toString(16)).join(),
    looksLike: /^([0-9a-f]{1,2},){8}[0-9a-f]{1,2}$/,
  },
  {
    name: "webcrypto.getRandomValues()",
    draw: () => webcrypto.getRandomValues(new Uint32Array(3)).join(),
    looksLike: /^\d+,\d+,\d+$/,
  },
  { name: "randomBytes()", draw: () => randomBytes(12).toString("hex"), looksLike: /^[0-9a-f]{24}$/ },
  { name: "randomInt()", draw: () => String(randomInt(1e6, 2e6)), looksLike: /^1\d{6}$/ },
  {
    name: "randomFillSync()",
    draw: () => randomFillSync(new Uint16Array(6), 2, 3).join(),
    looksLike: /^0,0,\d+,\d+,\d+,0$/,
  },
];

/** What would be done by the host later, or elsewhere: a program that does it, and what the line that does it contains. */
export interface Escape {
  readonly name: string;
  readonly program: () => Awaitable<unknown>;
  readonly line: string;
  /** What the error advises. */
  readonly advice: string;
}

const nothing: (...given: unknown[]) => void = () => {};

// It is ES2024's.
const waiting = Atomics as unknown as {
  waitAsync(cells: Int32Array, at: number, value: number, timeout: number): unknown;
};

/** Calls `leak` in the middle of a program. */
function within(leak: () => unknown): () => Coroutine<void> {
  return function* main() {
    yield* sleep(1500);
    leak();
    yield* sleep(10);
  };
}

export const escapes: readonly Escape[] = [
  { name: "setTimeout", program: within(() => setTimeout(nothing, 5)), line: "setTimeout(nothing", advice: "sleep()" },
  {
    name: "setTimeout of node:timers",
    program: within(() => setTimeoutOfNode(nothing, 5)),
    line: "setTimeoutOfNode(nothing",
    advice: "sleep()",
  },
  { name: "setInterval", program: within(() => setInterval(nothing, 5)), line: "setInterval(", advice: "sleep()" },
  { name: "setImmediate", program: within(() => setImmediate(nothing)), line: "setImmediate(", advice: "callSoon" },
  {
    name: "queueMicrotask",
    program: within(() => queueMicrotask(nothing)),
    line: "queueMicrotask(",
    advice: "callSoon",
  },
  {
    name: "process.nextTick",
    program: within(() => process.nextTick(nothing)),
    line: "process.nextTick(",
    advice: "yield",
  },
  { name: "nextTick, imported", program: within(() => nextTick(nothing)), line: "(() => nextTick(", advice: "yield" },
  { name: "setTimeout of node:timers/promises", program: within(() => delay(5)), line: "delay(5)", advice: "sleep()" },
  {
    name: "AbortSignal.timeout",
    program: within(() => AbortSignal.timeout(5)),
    line: "AbortSignal.timeout(5)",
    advice: "timeout()",
  },
  {
    name: "Atomics.waitAsync",
    program: within(() => waiting.waitAsync(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)),
    line: "waiting.waitAsync(",
    advice: "Event",
  },
  { name: "fetch", program: within(() => fetch("http://127.0.0.1:9/")), line: "fetch(", advice: "escapement/http" },
  {
    name: "randomBytes with a callback",
    program: () => fromCallback((done) => randomBytes(4, done)),
    line: "randomBytes(4, done)",
    advice: "without a callback",
  },
  {
    name: "generateKeyPairSync",
    program: within(() => generateKeyPairSync("ed25519")),
    line: "generateKeyPairSync(",
    advice: "outside",
  },
  {
    name: "process.cpuUsage",
    program: within(() => process.cpuUsage()),
    line: "process.cpuUsage()",
    advice: "loop.time()",
  },
  {
    name: "an async function that awaits",
    program: within(async () => {
      await Promise.resolve(); // an async function
    }),
    line: "await Promise.resolve(); // an async function",
    advice: "coroutine",
  },
  {
    name: "then() of a promise",
    program: within(() => Promise.resolve(1).then(nothing)),
    line: "Promise.resolve(1).then",
    advice: "coroutine",
  },
  {
    name: "fromPromise",
    program: () => fromPromise(Promise.resolve(5)),
    line: "fromPromise(Promise.resolve(5))",
    advice: "coroutine",
  },
  {
    name: "fromPromise of an async function",
    *program() {
      const answer = async (): Promise<number> => 42;
      return yield* fromPromise(answer());
    },
    line: "fromPromise(answer())",
    advice: "coroutine",
  },
  {
    name: "toThread",
    *program() {
      return yield* toThread(() => 1);
    },
    line: "toThread(() => 1)",
    advice: "escapement/net",
  },
  {
    name: "a process",
    *program() {
      return yield* createSubprocessExec("true");
    },
    line: 'createSubprocessExec("true")',
    advice: "escapement/net",
  },
  {
    name: "what is caught and forgotten",
    program: within(() => {
      try {
        setTimeout(nothing); // and its error is swallowed
      } catch {}
    }),
    line: "and its error is swallowed",
    advice: "sleep()",
  },
  {
    name: "a callback of the loop",
    program: within(() => getRunningLoop().callSoon(() => void setImmediate(nothing, "a callback"))),
    line: 'setImmediate(nothing, "a callback")',
    advice: "callSoon",
  },
  {
    name: "a task that nobody awaits",
    *program() {
      const loop = getRunningLoop();
      loop.callLater(3, () => void setInterval(nothing, 7));
      yield* sleep(10);
    },
    line: "setInterval(nothing, 7)",
    advice: "sleep()",
  },
];

/** Taken before any simulation: what the fence cannot see. */
export const taken = {
  now: Date.now,
  Date,
  random: Math.random,
  performanceNow: performance.now.bind(performance),
  hrtime: process.hrtime.bigint,
  randomUUID: crypto.randomUUID.bind(crypto),
  Stamp,
} as const;
