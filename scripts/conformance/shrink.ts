import { AWAITABLES, HANDLER, INSTANT, SUSPENDING } from "../../tests/cpython/interpreter/language.ts";
import type { AwaitableNode, Handler, Program, Shape, Statement } from "../../tests/cpython/interpreter/language.ts";
import { parseProgram } from "../../tests/cpython/interpreter/parse.ts";

const AT_ONCE = 24;
type Fields = Readonly<Record<string, unknown>>;
type Variants<T> = Generator<T, void, undefined>;

/**
 * The smallest program of its neighbourhood that is still interesting: no single step of `smaller` leads further.
 *
 * @param isInteresting - Asked of several candidates at once.
 */
export async function shrink(
  program: Program,
  isInteresting: (candidate: Program) => Promise<boolean>,
  limit = 6000,
): Promise<Program> {
  let best = program;
  for (let asked = 0; asked < limit;) {
    const next = await firstInteresting(smaller(best), isInteresting);
    asked += next.asked;
    if (next.found === null) return best;
    best = next.found;
  }
  return best;
}

async function firstInteresting(
  candidates: Iterable<Program>,
  isInteresting: (candidate: Program) => Promise<boolean>,
): Promise<{ readonly found: Program | null; readonly asked: number }> {
  let asked = 0;
  for (const batch of inBatches(candidates)) {
    asked += batch.length;
    const verdicts = await Promise.all(batch.map(isInteresting));
    const index = verdicts.indexOf(true);
    if (index !== -1) return { found: batch[index]!, asked };
  }
  return { found: null, asked };
}

function* inBatches(candidates: Iterable<Program>): Variants<readonly Program[]> {
  let batch: Program[] = [];
  for (const candidate of candidates) {
    if (!parses(candidate)) continue;
    batch.push(candidate);
    if (batch.length < AT_ONCE) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

function parses(candidate: Program): boolean {
  try {
    parseProgram(candidate, "candidate");
    return true;
  } catch {
    return false;
  }
}

/** The programs that are one step smaller, the boldest steps first. */
export function* smaller(program: Program): Variants<Program> {
  const { cos, cbs, objs, mains } = program;
  for (const name of Object.keys(cos)) yield { ...program, cos: without(cos, name) };
  for (const name of Object.keys(cbs)) yield { ...program, cbs: without(cbs, name) };
  if (mains.length > 1) for (const name of mains) yield { ...program, mains: mains.filter((other) => other !== name) };
  for (const [name, coroutine] of Object.entries(cos)) {
    for (const body of smallerBlock(coroutine.body))
      yield { ...program, cos: { ...cos, [name]: { ...coroutine, body } } };
  }
  for (const [name, body] of Object.entries(cbs)) {
    for (const less of smallerBlock(body)) yield { ...program, cbs: { ...cbs, [name]: less } };
  }
  for (const name of Object.keys(objs)) yield { ...program, objs: without(objs, name) };
  for (const [name, coroutine] of Object.entries(cos)) {
    if (coroutine.kind === "wrapped") yield { ...program, cos: { ...cos, [name]: { ...coroutine, kind: "plain" } } };
  }
  if (program.blocks === "wrapped") yield { ...program, blocks: "plain" };
  if (program.loop !== undefined) yield without(program, "loop");
  if (program.start !== undefined) yield without(program, "start");
  if (program.eager !== undefined) yield without(program, "eager");
  if (program.driver !== "run") yield { ...program, driver: "run" };
}

function without<T extends object>(fields: T, name: string): T {
  return Object.fromEntries(Object.entries(fields).filter(([other]) => other !== name)) as T;
}

function* smallerBlock(block: readonly Statement[]): Variants<readonly Statement[]> {
  for (let size = block.length; size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let start = 0; start < block.length; start += size) yield block.toSpliced(start, size);
  }
  for (const [index, statement] of block.entries()) {
    for (const inner of bodies(statement)) yield block.toSpliced(index, 1, ...inner);
  }
  for (const [index, statement] of block.entries()) {
    for (const less of smallerNode(statement, { ...INSTANT, ...SUSPENDING }[statement.op]))
      yield block.with(index, less as Statement);
  }
}

/** The blocks of a statement, to stand in its place. */
function bodies(statement: Statement): (readonly Statement[])[] {
  const shape: Shape = { ...INSTANT, ...SUSPENDING }[statement.op];
  return Object.entries(shape)
    .filter(([, kind]) => kind.startsWith("block"))
    .map(([name]) => ((statement as unknown as Fields)[name] ?? []) as readonly Statement[]);
}

function* smallerNode(node: object, shape: Shape): Variants<object> {
  for (const [name, kind] of Object.entries(shape)) {
    const value = (node as Fields)[name];
    if (value === undefined) continue;
    if (kind.endsWith("?")) yield without(node, name);
    for (const less of smallerField(value, kind)) yield { ...node, [name]: less };
  }
}

function* smallerField(value: unknown, kind: string): Variants<unknown> {
  switch (kind.replace("?", "")) {
    case "block":
    case "instant":
      yield* smallerBlock(value as readonly Statement[]);
      return;
    case "handlers":
      yield* smallerList(value as readonly Handler[], (handler) => smallerNode(handler, HANDLER));
      return;
    case "awaitable":
      yield* smallerAwaitable(value as AwaitableNode);
      return;
    case "awaitables":
      yield* smallerList(value as readonly AwaitableNode[], smallerAwaitable);
      return;
    case "slots":
      yield* smallerList(value as readonly string[], () => []);
      return;
    case "number":
    case "deadline":
      if (typeof value === "number") yield* smallerNumber(value);
      return;
  }
}

function* smallerList<T>(list: readonly T[], less: (one: T) => Iterable<unknown>): Variants<unknown> {
  for (const index of list.keys()) yield list.toSpliced(index, 1);
  for (const [index, one] of list.entries())
    for (const other of less(one)) yield (list as readonly unknown[]).with(index, other);
}

function* smallerAwaitable(node: AwaitableNode): Variants<AwaitableNode> {
  if (node.k !== "sleep") yield { k: "sleep", d: 0 };
  if ("aw" in node) yield node.aw;
  if ("aws" in node) yield* node.aws;
  yield* smallerNode(node, AWAITABLES[node.k]) as Variants<AwaitableNode>;
}

function* smallerNumber(value: number): Variants<number> {
  for (const less of [0, 1, Math.floor(value / 2), value - 1]) if (Math.abs(less) < Math.abs(value)) yield less;
}
