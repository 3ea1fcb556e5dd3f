import type { Machine } from "../machine.ts";
import { hostGlobal } from "./host.ts";
import { type Call, type Post, answer, standIn } from "./stand-in.ts";

// Every clock of the host's reads what the loop's does: the simulation's time, in milliseconds.

function timeOf({ machine }: { readonly machine: Machine }): number {
  return machine.clock.now();
}

/** Of a clock of whole milliseconds. */
function wholeTimeOf(call: { readonly machine: Machine }): number {
  return Math.floor(timeOf(call));
}

const NANOSECONDS = 1e6;

// ---- Date

const date: Post = {
  of: () => globalThis,
  key: "Date",
  called: (call) => new (call.real as DateConstructor)(wholeTimeOf(call)).toString(),
  made({ machine, real, args }, newTarget) {
    return args.length > 0 ? undefined : (Reflect.construct(real, [wholeTimeOf({ machine })], newTarget) as Date);
  },
};

const dates: readonly Post[] = [
  // These two first: once `Date` is replaced, its own properties are reached through what stands in for it.
  answer(() => hostGlobal("Date"), "now", wholeTimeOf),
  {
    of: () => hostGlobal("Date").prototype,
    key: "constructor",
    held: () => standIn(date, hostGlobal("Date")),
  },
  date,
];

// ---- performance, process

/** `measure(name, start, end)`, and the same with options: what ends now ends at the simulation's time. */
function measure(call: Call): unknown {
  const [name, start, end] = call.args as [unknown, unknown, unknown];
  const options = typeof start === "object" ? { ...start } : { start, end };
  const given = options as { end?: unknown; duration?: unknown };
  if (given.end === undefined && given.duration === undefined) given.end = timeOf(call);
  return Reflect.apply(call.real, call.self, [name, options]);
}

const performances: readonly Post[] = [
  answer(() => hostGlobal("performance"), "now", timeOf),
  answer(
    () => hostGlobal("performance"),
    "timeOrigin",
    () => 0,
  ),
  answer(
    () => hostGlobal("performance"),
    "mark",
    (call) =>
      Reflect.apply(call.real, call.self, [
        call.args[0],
        { startTime: timeOf(call), ...(call.args[1] as object | undefined) },
      ]),
  ),
  answer(() => hostGlobal("performance"), "measure", measure),
];

function hrtime(call: Call): [number, number] {
  const [previous] = call.args as [[number, number]?];
  const total =
    nanosecondsOf(call) - (previous === undefined ? 0n : BigInt(previous[0]) * SECOND + BigInt(previous[1]));
  const seconds = total >= 0n ? total / SECOND : (total - SECOND + 1n) / SECOND;
  return [Number(seconds), Number(total - seconds * SECOND)];
}

const SECOND = 1_000_000_000n;

function nanosecondsOf(call: Call): bigint {
  const time = timeOf(call);
  const whole = Math.floor(time);
  return BigInt(whole) * 1_000_000n + BigInt(Math.floor((time - whole) * NANOSECONDS));
}

const processes: readonly Post[] = [
  answer(() => hostGlobal("process")?.hrtime, "bigint", nanosecondsOf),
  answer(() => hostGlobal("process"), "hrtime", hrtime),
  answer(
    () => hostGlobal("process"),
    "uptime",
    (call) => timeOf(call) / 1000,
  ),
];

// ---- Intl

const formats = new WeakMap<object, (date?: unknown) => string>();

const formatting: Post = answer(
  () => undefined,
  "format",
  (call) => Reflect.apply(call.real, call.self, [call.args[0] ?? wholeTimeOf(call)]),
);

const formatters: readonly Post[] = [
  answer(
    () => Intl.DateTimeFormat.prototype,
    "format",
    (call) => {
      // The getter makes one function for each format; each keeps the one that stands in for it.
      const bound = Reflect.apply(call.real, call.self, []) as (date?: unknown) => string;
      let known = formats.get(bound);
      if (known === undefined) formats.set(bound, (known = standIn(formatting, bound) as (date?: unknown) => string));
      return known;
    },
  ),
  answer(
    () => Intl.DateTimeFormat.prototype,
    "formatToParts",
    (call) => Reflect.apply(call.real, call.self, [call.args[0] ?? wholeTimeOf(call)]),
  ),
];

// ---- what is stamped with the time

const stamps = new WeakMap<object, number>();

const stamped: readonly Post[] = [
  answer(
    () => hostGlobal("Event")?.prototype,
    "timeStamp",
    (call) => {
      // When it was made is the host's secret: it counts from when it is first asked.
      const event = call.self as object;
      const known = stamps.get(event) ?? timeOf(call);
      stamps.set(event, known);
      return known;
    },
  ),
  {
    of: () => globalThis,
    key: "File",
    made({ machine, real, args }, newTarget) {
      const [parts, name, options] = args as [unknown, unknown, { lastModified?: number }?];
      const lastModified = options?.lastModified ?? wholeTimeOf({ machine });
      return Reflect.construct(real, [parts, name, { ...options, lastModified }], newTarget) as object;
    },
  },
];

// ---- Temporal

interface Instant {
  toZonedDateTimeISO(timeZone: unknown): ZonedDateTime;
}
interface ZonedDateTime {
  toPlainDateTime(): unknown;
  toPlainDate(): unknown;
  toPlainTime(): unknown;
}

function instantOf(call: Call): Instant {
  return hostGlobal("Temporal").Instant.fromEpochMilliseconds(wholeTimeOf(call)) as Instant;
}

function zoned(call: Call): ZonedDateTime {
  return instantOf(call).toZonedDateTimeISO(call.args[0] ?? hostGlobal("Temporal").Now.timeZoneId());
}

const temporal = (): object | undefined => hostGlobal("Temporal")?.Now as object | undefined;

const temporals: readonly Post[] = [
  answer(temporal, "instant", instantOf),
  answer(temporal, "zonedDateTimeISO", zoned),
  answer(temporal, "plainDateTimeISO", (call) => zoned(call).toPlainDateTime()),
  answer(temporal, "plainDateISO", (call) => zoned(call).toPlainDate()),
  answer(temporal, "plainTimeISO", (call) => zoned(call).toPlainTime()),
];

/** The host's clocks. @internal */
export const CLOCKS: readonly Post[] = [
  ...dates,
  ...performances,
  ...processes,
  ...formatters,
  ...stamped,
  ...temporals,
];
