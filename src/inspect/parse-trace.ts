import { EVENT_FORM, type Form, isEventKind } from "./event-form.ts";
import { withKeyframes } from "./keyframes.ts";
import type { Trace, TraceEvent } from "./trace.ts";

/** A text that is no trace, or not of this version: says what, and where. */
export class TraceError extends Error {
  static {
    this.prototype.name = "TraceError";
  }
}

/** What could be read of a text. */
export interface ParsedTrace {
  readonly trace: Trace;
  /** What could not, a sentence each: the events from there on, kinds that are not known. */
  readonly problems: readonly string[];
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads a trace, strictly.
 *
 * @throws {TraceError} Naming the event and the field.
 */
export function parseTrace(text: string): Trace {
  const { trace, problems } = readTrace(text);
  if (problems.length > 0) throw new TraceError(problems.join("\n"));
  return trace;
}

/**
 * Reads what can be read of a trace: of one that was cut short, the events before the cut; of one with kinds that are not
 * known, the others.
 *
 * @throws {TraceError} When nothing can be: it is not JSON, no trace, or one of another version.
 */
export function readTrace(text: string): ParsedTrace {
  const problems: string[] = [];
  const found = parseJson(text, problems);
  const head = checkHead(found);
  const events: TraceEvent[] = [];
  for (const [index, event] of head.events.entries()) {
    const problem = eventProblem(event, index);
    if (problem === null) events.push(event as TraceEvent);
    else problems.push(problem.text);
    if (problem?.fatal === true) break;
  }
  return { trace: withKeyframes({ ...head, events }), problems };
}

function parseJson(text: string, problems: string[]): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const rescued = rescue(text);
    if (rescued === null) throw new TraceError(`This is not JSON: ${(error as Error).message}.`, { cause: error });
    problems.push(`The trace was cut short after ${rescued.events.length} events.`);
    return rescued;
  }
}

// A trace that was cut short ends somewhere within its events, which the recorder writes one a line, and last.
function rescue(text: string): (Fields & { events: unknown[] }) | null {
  const lines = text.split("\n");
  const start = lines.findIndex((line) => line.trimEnd().endsWith('"events":['));
  if (start < 0) return null;
  const head = tryJson(`${lines.slice(0, start + 1).join("\n")}]}`);
  if (head === null) return null;
  const events: unknown[] = [];
  for (const line of lines.slice(start + 1)) {
    const event = tryJson(line.replace(/,\s*$/, ""));
    if (event === null) break;
    events.push(event);
  }
  return { ...head, events };
}

function tryJson(text: string): Fields | null {
  try {
    return JSON.parse(text) as Fields;
  } catch {
    return null;
  }
}

function checkHead(found: unknown): Omit<Trace, "events"> & { events: readonly unknown[] } {
  if (!isRecord(found)) throw new TraceError(`A trace is a JSON object; this is ${describe(found)}.`);
  const { version, header, sources, events } = found;
  if (version === undefined) throw new TraceError('This is no trace: it has no "version".');
  if (version !== 1) throw new TraceError(`The trace is of version ${describe(version)}; this reads version 1.`);
  if (!isRecord(header)) throw new TraceError(`header: an object was expected, found ${describe(header)}.`);
  if (!isRecord(sources)) throw new TraceError(`sources: an object was expected, found ${describe(sources)}.`);
  for (const [file, text] of Object.entries(sources)) {
    if (typeof text !== "string") throw new TraceError(`sources["${file}"]: a text was expected.`);
  }
  if (!Array.isArray(events)) throw new TraceError(`events: a list was expected, found ${describe(events)}.`);
  return { version, header, sources: sources as Record<string, string>, events };
}

const COMMON: readonly string[] = ["kind", "iteration", "time"];

interface Problem {
  readonly text: string;
  /** Nothing after it can be trusted. */
  readonly fatal: boolean;
}

function eventProblem(event: unknown, index: number): Problem | null {
  const where = `event ${index}`;
  if (!isRecord(event)) return fatal(`${where}: an object was expected, found ${describe(event)}.`);
  const { kind, iteration, time } = event;
  if (typeof kind !== "string") return fatal(`${where}: kind: a text was expected, found ${describe(kind)}.`);
  const named = `${where} (${kind})`;
  if (!matches(iteration, "count")) return fatal(mismatch(named, "iteration", "count", iteration));
  if (!matches(time, "number")) return fatal(mismatch(named, "time", "number", time));
  if (!isEventKind(kind)) return { text: `${where}: the kind "${kind}" is not known; it is left out.`, fatal: false };
  const form: Readonly<Record<string, Form>> = EVENT_FORM[kind];
  for (const [field, of] of Object.entries(form)) {
    if (!matches(event[field], of)) return fatal(mismatch(named, field, of, event[field]));
  }
  const extra = Object.keys(event).find((field) => !Object.hasOwn(form, field) && !COMMON.includes(field));
  return extra === undefined ? null : fatal(`${named}: it has a field "${extra}" that this kind does not have.`);
}

function fatal(text: string): Problem {
  return { text, fatal: true };
}

function mismatch(where: string, field: string, form: Form, found: unknown): string {
  return `${where}: ${field}: ${describeForm(form)} was expected, found ${describe(found)}.`;
}

function matches(value: unknown, form: Form): boolean {
  switch (form) {
    case "id":
      return isWhole(value, 1);
    case "id or null":
      return value === null || isWhole(value, 1);
    case "count":
      return isWhole(value, 0);
    case "number":
      return typeof value === "number";
    case "number or null":
      return value === null || typeof value === "number";
    case "text":
      return typeof value === "string";
    case "boolean":
      return typeof value === "boolean";
    case "ids":
      return Array.isArray(value) && value.every((one) => isWhole(one, 1));
    case "places":
      return Array.isArray(value) && value.every(isPlace);
    default:
      return typeof value === "string" && form.oneOf.includes(value);
  }
}

function isWhole(value: unknown, least: number): boolean {
  return Number.isInteger(value) && (value as number) >= least;
}

const PLACE_FORM: Readonly<Record<string, Form>> = { name: "text", file: "text", line: "id", column: "id" };

function isPlace(value: unknown): boolean {
  if (!isRecord(value) || value["name"] === undefined) return false;
  return Object.entries(value).every(
    ([field, found]) => Object.hasOwn(PLACE_FORM, field) && matches(found, PLACE_FORM[field]!),
  );
}

function describeForm(form: Form): string {
  if (typeof form === "object") return `one of ${form.oneOf.join(", ")}`;
  const words = { id: "a number from 1", "id or null": "a number from 1, or null", count: "a whole number from 0" };
  const more = {
    number: "a number",
    "number or null": "a number or null",
    text: "a text",
    boolean: "true or false",
    ids: "a list of numbers from 1",
  };
  return { ...words, ...more, places: "a list of places" }[form];
}

function isRecord(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function describe(value: unknown): string {
  if (value === undefined) return "nothing";
  const text = JSON.stringify(value);
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
