import type { Handler, Statement } from "../../../tests/cpython/interpreter/language.ts";
import { drawAwaitable } from "./awaitables.ts";
import type { DraftStatement, Drawing, Inner, Make } from "./drawing.ts";
import { drawSpawn } from "./instants.ts";

/** A statement with blocks in it. */
export function drawCompound(drawing: Drawing, inner: Inner): DraftStatement {
  const { random, taste } = drawing;
  const managers = [...drawing.locks, ...drawing.namesOf("Barrier")];
  return random.weighted<Make<DraftStatement>[1]>([
    [6, () => guarded(drawing, inner)],
    [1, () => ({ op: "repeat", body: inner(1, 2), n: random.between(2, 3) })],
    [managers.length > 0 ? 4 : 0, () => drawWith(drawing, random.pick(managers), () => inner(1, 2))],
    [taste.group * 1.5, () => drawGroup(drawing, inner)],
    [0.5 + taste.timeout * 1.5, () => drawTimeout(drawing, drawing.deadline(), () => inner(1, 3))],
    [0.4, () => custom(drawing, inner)],
    [taste.completed, () => completed(drawing, inner)],
  ])();
}

export function drawWith(drawing: Drawing, o: string, body: () => Statement[]): DraftStatement {
  drawing.held.push(o);
  const statements = body();
  drawing.held.pop();
  return { op: "with", o, body: statements };
}

export function drawTimeout(drawing: Drawing, d: number | null, body: () => Statement[]): DraftStatement {
  const to = drawing.random.pick(["m0", "m1"]);
  drawing.timeouts.push(to);
  const statements = body();
  drawing.timeouts.pop();
  return { op: "timeout", to, d, ...(drawing.random.chance(0.2) ? { at: true } : {}), body: statements };
}

/** A group with some children, and perhaps something of its own to do. */
export function drawGroup(drawing: Drawing, inner: Inner): DraftStatement {
  const { random, groups } = drawing;
  const to = random.pick(["G0", "G1"]);
  groups.push(to);
  const children = drawing.deeper(() =>
    Array.from({ length: random.between(1, 3) }, () => drawing.number(drawSpawn(drawing))),
  );
  const body = [...children, ...inner(0, 2)];
  groups.pop();
  return { op: "group", to, body };
}

export function drawHandler(drawing: Drawing, inner: Inner, k: Handler["k"] = drawFit(drawing)): Handler {
  const { random } = drawing;
  const split: Statement[] = k === "group" ? [drawing.number({ op: "split", m: random.pick(["f", "p"]) })] : [];
  return {
    k,
    body: random.chance(0.5) ? [...split, ...inner(0, 2)] : split,
    ...(random.chance(0.3) ? { re: true } : {}),
  };
}

function drawFit({ random, taste }: Drawing): Handler["k"] {
  return random.weighted<Handler["k"]>([
    [3, "any"],
    [4, "cancel"],
    [2, "error"],
    [1, "timeout"],
    [1 + taste.group, "group"],
  ]);
}

function guarded(drawing: Drawing, inner: Inner): DraftStatement {
  const { random } = drawing;
  const handlers = random.weighted([
    [2, 0],
    [7, 1],
    [2, 2],
  ]);
  const on = Array.from({ length: handlers }, () => drawHandler(drawing, inner));
  const body = inner(1, 3);
  return { op: "try", body, on, ...(on.length === 0 || random.chance(0.25) ? { fin: inner(0, 2) } : {}) };
}

function custom({ random }: Drawing, inner: Inner): DraftStatement {
  const swallow = random.chance(0.5) ? { swallow: true } : {};
  return { op: "custom", enter: inner(0, 1), exit: inner(0, 2), ...swallow, body: inner(1, 2) };
}

function completed(drawing: Drawing, inner: Inner): DraftStatement {
  const { random } = drawing;
  return {
    op: "asc",
    aws: Array.from({ length: random.between(1, 3) }, () => drawAwaitable(drawing, 1)),
    ...(random.chance(0.4) ? { d: drawing.delay() } : {}),
    pre: random.chance(0.2) ? inner(0, 1) : [],
    ...(random.chance(0.3) ? { y: true } : {}),
  };
}
