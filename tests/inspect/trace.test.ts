import { Ajv2020 } from "ajv/dist/2020.js";
import { type Trace, TraceError, formatTrace, parseTrace, readTrace, record, traceSchema } from "escapement/inspect";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { told } from "../said.ts";
import { busy, storyOf, traceOf, twoTasks } from "./programs.ts";

const validate = new Ajv2020({ strict: true, strictTypes: true }).compile(traceSchema());
const busyTrace = traceOf(busy);
const text = formatTrace(busyTrace);

/** The trace of two tasks, with the event of a number changed. */
function changed(index: number, fields: Record<string, unknown>): Trace {
  const trace = traceOf(twoTasks);
  return { ...trace, events: trace.events.map((event, i) => (i === index ? { ...event, ...fields } : event)) };
}

function refused(given: string): string {
  try {
    parseTrace(given);
  } catch (error) {
    return told(error);
  }
  return "nothing";
}

describe("A trace's JSON Schema", () => {
  it.each([
    ["a busy program", busyTrace],
    ["a program with lines", record(busy).trace],
    ["one that failed", record(5 as never).trace],
    ["one with kinds that are not known", changed(3, { kind: "task.teleported" })],
  ])("accepts the trace of %s, as the parser does", (_, trace) => {
    validate(JSON.parse(formatTrace(trace)));
    expect(validate.errors).toBe(null);
    expect(() => readTrace(formatTrace(trace))).not.toThrow();
  });

  const wrong: readonly (readonly [name: string, trace: unknown])[] = [
    ["of another version", { ...busyTrace, version: 2 }],
    ["without events", { version: 1, header: {}, sources: {} }],
    ["whose sources are no texts", { ...busyTrace, sources: { "a.ts": 1 } }],
    ["with an event of no kind", changed(3, { kind: 7 })],
    ["with a negative iteration", changed(3, { iteration: -1 })],
    ["with a field that is missing", changed(3, { entry: undefined })],
    ["with a field of another form", changed(3, { position: "first" })],
    ["with a field too many", changed(3, { colour: "red" })],
    ["with a field named like a method", changed(3, { toString: 1 })],
    ["with a word that is not one of them", changed(1, { why: "because" })],
    ["with a place that is none", changed(6, { frames: [{ name: "main", constructor: "main" }] })],
  ];
  it.each(wrong)("refuses one %s, as the parser does", (_, trace) => {
    const json = JSON.stringify(trace);
    expect(validate(JSON.parse(json))).toBe(false);
    expect(() => parseTrace(json)).toThrow(TraceError);
  });
});

describe("parseTrace", () => {
  it("gives back what was recorded", () => {
    expect(parseTrace(text)).toEqual(busyTrace);
    expect(parseTrace(JSON.stringify(busyTrace, null, 2))).toEqual(busyTrace);
  });

  it.each([
    ["", "TraceError: This is not JSON: Unexpected end of JSON input."],
    ["[1]", "TraceError: A trace is a JSON object; this is [1]."],
    ["{}", 'TraceError: This is no trace: it has no "version".'],
    ['{"version":2}', "TraceError: The trace is of version 2; this reads version 1."],
    ['{"version":1}', "TraceError: header: an object was expected, found nothing."],
    ['{"version":1,"header":{}}', "TraceError: sources: an object was expected, found nothing."],
    ['{"version":1,"header":{},"sources":{"a":1}}', 'TraceError: sources["a"]: a text was expected.'],
    ['{"version":1,"header":{},"sources":{}}', "TraceError: events: a list was expected, found nothing."],
  ])("says of %j what it is", (given, message) => {
    expect(refused(given)).toBe(message);
  });

  it.each([
    [{ kind: null }, "event 3: kind: a text was expected, found null."],
    [{ time: "now" }, 'event 3 (ready.popped): time: a number was expected, found "now".'],
    [{ entry: 0 }, "event 3 (ready.popped): entry: a number from 1 was expected, found 0."],
    [{ task: 1.5 }, "event 3 (ready.popped): task: a number from 1, or null was expected, found 1.5."],
    [{ dropped: 1 }, "event 3 (ready.popped): dropped: true or false was expected, found 1."],
    [{ label: undefined }, "event 3 (ready.popped): label: a text was expected, found nothing."],
    [{ colour: "red" }, 'event 3 (ready.popped): it has a field "colour" that this kind does not have.'],
    [{ kind: "task.teleported" }, 'event 3: the kind "task.teleported" is not known; it is left out.'],
  ])("names the event and the field: %j", (fields, message) => {
    expect(refused(JSON.stringify(changed(3, fields)))).toBe(`TraceError: ${message}`);
  });
});

describe("readTrace", () => {
  it("has nothing to say of a whole trace", () => {
    expect(readTrace(text)).toEqual({ trace: busyTrace, problems: [] });
  });

  it("leaves out kinds that it does not know, and reads the rest", () => {
    const { trace, problems } = readTrace(JSON.stringify(changed(6, { kind: "task.teleported" })));
    expect(problems).toEqual(['event 6: the kind "task.teleported" is not known; it is left out.']);
    expect(trace.events).toEqual(traceOf(twoTasks).events.filter((_, index) => index !== 6));
    expect(storyOf(trace).at(-1)).toBe('The program returns "both".');
  });

  it("stops where an event is wrong", () => {
    const { trace, problems } = readTrace(JSON.stringify(changed(6, { awaits: 5 })));
    expect(problems).toEqual(["event 6 (task.suspended): awaits: a list of numbers from 1 was expected, found 5."]);
    expect(trace.events).toHaveLength(6);
  });

  it("reads what was cut short up to the cut, wherever that is", () => {
    const start = text.indexOf('"events":[') + '"events":['.length;
    fc.assert(
      fc.property(fc.integer({ min: start, max: text.length - 3 }), (end) => {
        const { trace, problems } = readTrace(text.slice(0, end));
        expect(problems).toEqual([`The trace was cut short after ${trace.events.length} events.`]);
        expect(trace.events).toEqual(busyTrace.events.slice(0, trace.events.length));
        // All that are whole: each ends with a comma.
        expect(trace.events.length).toBeGreaterThanOrEqual(text.slice(start, end).split(",\n").length - 1);
      }),
    );
  });

  it("says that it is not JSON when it was cut before the first event", () => {
    expect(() => readTrace(text.slice(0, 20))).toThrow(/^This is not JSON: /);
  });
});
