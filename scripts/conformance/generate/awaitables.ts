import { CHOICES } from "../../../tests/cpython/interpreter/language.ts";
import type { AwaitableNode } from "../../../tests/cpython/interpreter/language.ts";
import type { DraftStatement, Drawing, Make } from "./drawing.ts";

/** Something to wait for; others nest in it to this depth. */
export function drawAwaitable(drawing: Drawing, depth = 2): AwaitableNode {
  const choices = [...ofTasks(drawing, depth), ...ofObjects(drawing)];
  return drawing.random.weighted<Make<AwaitableNode>[1]>(choices)();
}

/** A statement that waits for something. */
export function drawAwait(drawing: Drawing): DraftStatement {
  return drawing.waitFor(drawAwaitable(drawing));
}

function ofTasks(drawing: Drawing, depth: number): Make<AwaitableNode>[] {
  const { random, taste } = drawing;
  const inner = (): AwaitableNode => drawAwaitable(drawing, depth - 1);
  const nests = depth > 0 ? 1 : 0;
  return [
    [9, () => ({ k: "sleep", d: drawing.delay(), ...(random.chance(0.2) ? { v: drawing.value() } : {}) })],
    [1.5, () => ({ k: "pass" })],
    [5, () => ({ k: "co", c: drawing.callee() })],
    [8, () => ({ k: "t", t: drawing.future() })],
    [0.05, () => ({ k: "self" })],
    [taste.lazy * 0.7, () => ({ k: "let", x: random.pick(["x0", "y0"]) })],
    [
      nests * taste.gather,
      () => ({ k: "gather", aws: several(drawing, inner), ...(random.chance(0.4) ? { re: true } : {}) }),
    ],
    [taste.wait, () => wait(drawing)],
    [nests * (0.5 + taste.timeout), () => ({ k: "wf", aw: inner(), d: drawing.deadline() })],
    [nests * taste.shield, () => ({ k: "shield", aw: inner() })],
  ];
}

function ofObjects(drawing: Drawing): Make<AwaitableNode>[] {
  const { random, taste, locks, queues, ifHeld } = drawing;
  const choices: Make<AwaitableNode>[] = [];
  if (locks.length > 0) choices.push([1.5, () => ({ k: "acquire", o: drawing.lock() })]);
  if (queues.length > 0) {
    choices.push(
      [taste.queue * 1.2, () => ({ k: "get", o: drawing.queue() })],
      [taste.queue * 1.2, () => ({ k: "put", o: drawing.queue(), v: drawing.item() })],
      [taste.queue * 0.4, () => ({ k: "join", o: drawing.queue() })],
    );
  }
  choices.push(
    [taste.event, () => ({ k: "ev", o: "e0" })],
    [taste.condition * ifHeld, () => ({ k: "cwait", o: "n0" })],
    [taste.condition * ifHeld, () => ({ k: "cwf", o: "n0", x: "i0", n: random.between(0, 2) })],
    [taste.barrier, () => ({ k: "bar", o: "r0" })],
    [taste.barrier * 0.2, () => ({ k: "breset", o: "r0" })],
    [taste.barrier * 0.1, () => ({ k: "babort", o: "r0" })],
  );
  return choices;
}

/** The children of a gather: none, some, one of them twice. */
function several({ random }: Drawing, inner: () => AwaitableNode): AwaitableNode[] {
  const children = Array.from({ length: random.between(0, 3) }, inner);
  const again = children.find((aw) => aw.k === "t");
  if (again !== undefined && random.chance(0.4)) children.push(again);
  return children;
}

function wait(drawing: Drawing): AwaitableNode {
  const { random } = drawing;
  return {
    k: "wait",
    ts: Array.from({ length: random.between(1, 3) }, () => drawing.future()),
    ...(random.chance(0.4) ? { d: drawing.delay() } : {}),
    ...(random.chance(0.6) ? { rw: random.pick(CHOICES.returnWhen) } : {}),
  };
}
