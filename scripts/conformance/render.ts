import { AWAITABLES, HANDLER, INSTANT, SUSPENDING } from "../../tests/cpython/interpreter/language.ts";
import type {
  AwaitableNode,
  Handler,
  Program,
  Run,
  Shape,
  Statement,
  TraceEvent,
} from "../../tests/cpython/interpreter/language.ts";

// Programs and traces as text, for people.

/** A program, one statement a line. */
export function renderProgram(program: Program): string {
  const { driver, mains, start, eager, blocks, objs, cos, cbs } = program;
  const options = [
    `driver ${driver}`,
    ...(driver === "runner" ? [`mains ${mains.join(" ")}`] : []),
    ...(start === undefined ? [] : [`start ${start}`]),
    ...(eager === true ? ["eager"] : []),
    ...(blocks === "wrapped" ? ["blocks wrapped"] : []),
    ...(program.loop === undefined ? [] : [`loop ${program.loop}`]),
  ];
  return [
    options.join(", "),
    ...Object.entries(objs).map(([name, { k, ...rest }]) => `${name} = ${k}(${scalars(rest)})`),
    ...Object.entries(cos).flatMap(([name, { kind, body }]) => [
      `${kind === "wrapped" ? "wrapped " : ""}${name}:`,
      ...renderBlock(body, 1),
    ]),
    ...Object.entries(cbs).flatMap(([name, body]) => [`callback ${name}:`, ...renderBlock(body, 1)]),
  ].join("\n");
}

function scalars(fields: object): string {
  return Object.entries(fields)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(" ");
}

function renderBlock(statements: readonly Statement[], depth: number): string[] {
  return statements.flatMap((statement) => renderStatement(statement, depth));
}

function renderStatement(statement: Statement, depth: number): string[] {
  const shape: Shape = { ...INSTANT, ...SUSPENDING }[statement.op];
  return renderNode(`${String(statement.i).padStart(4)} ${statement.op}`, statement, shape, depth);
}

/** The plain fields in one line; the blocks below it. */
function renderNode(head: string, node: object, shape: Shape, depth: number): string[] {
  const fields = node as Readonly<Record<string, unknown>>;
  const line = [head];
  const below: string[] = [];
  const indent = "    ".repeat(depth);
  for (const [name, kind] of Object.entries(shape)) {
    const value = fields[name];
    if (value === undefined) continue;
    if (kind.startsWith("block") || kind === "instant") {
      if (name !== "body") below.push(`${indent.slice(4)}     ${name}`);
      below.push(...renderBlock(value as readonly Statement[], depth + 1));
    } else if (kind === "handlers") {
      for (const handler of value as readonly Handler[])
        below.push(...renderNode(`     on ${handler.k}`, handler, { re: HANDLER.re, body: HANDLER.body }, depth));
    } else line.push(renderField(name, value));
  }
  return [indent.slice(4) + line.join(" "), ...below];
}

function renderField(name: string, value: unknown): string {
  if (name === "aw") return renderAwaitable(value as AwaitableNode);
  if (name === "aws") return `[${(value as readonly AwaitableNode[]).map(renderAwaitable).join(", ")}]`;
  return `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`;
}

function renderAwaitable(node: AwaitableNode): string {
  const fields = node as Readonly<Record<string, unknown>>;
  const parts = Object.keys(AWAITABLES[node.k])
    .filter((name) => fields[name] !== undefined)
    .map((name) => renderField(name, fields[name]));
  return `${node.k}(${parts.join(", ")})`;
}

function renderEvent(event: TraceEvent | undefined): string {
  if (event === undefined) return "";
  const [iteration, clock, task, what, ...rest] = event;
  return [
    String(iteration).padStart(3),
    String(clock).padStart(4),
    (task ?? "-").padEnd(6),
    what,
    ...rest.map(renderValue),
  ].join(" ");
}

function renderValue(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(renderValue).join(", ")}]`;
  if (typeof value !== "object" || value === null || !("e" in value)) return JSON.stringify(value);
  if ("m" in value) return value.m === "" ? String(value.e) : `${String(value.e)}(${JSON.stringify(value.m)})`;
  return "of" in value ? `ExceptionGroup${renderValue(value.of)}` : String(value.e);
}

export interface Difference {
  readonly expected: Run;
  readonly found: Run;
  /** The event that differs; behind the last one stands how the program ended. */
  readonly at: number;
}

/** Two traces side by side, the first difference marked. */
export function renderSideBySide({ expected, found, at }: Difference): string {
  const left = [...expected.trace.map(renderEvent), `=> ${JSON.stringify(expected.out)}`];
  const right = [...found.trace.map(renderEvent), `=> ${JSON.stringify(found.out)}`];
  const width = Math.min(76, Math.max(...left.map((line) => line.length)));
  const lines = Array.from({ length: Math.max(left.length, right.length) }, (_, index) => {
    const [ours = "", theirs = ""] = [left[index], right[index]];
    const sign = index === at ? ">>" : ours === theirs ? "  " : " |";
    return `${sign} ${ours.padEnd(width)} ${sign} ${theirs}`;
  });
  return [`   ${"CPython".padEnd(width)}    escapement`, ...lines].join("\n");
}
