import { CHOICES } from "../../tests/cpython/interpreter/language.ts";
import type {
  AwaitableNode,
  CoroutineNode,
  ObjectNode,
  Program,
  Statement,
} from "../../tests/cpython/interpreter/language.ts";
import { drawBlock } from "./generate/blocks.ts";
import { Drawing } from "./generate/drawing.ts";
import type { DraftStatement, Feature } from "./generate/drawing.ts";
import { helpersOf } from "./generate/helpers.ts";
import { drawInstants, drawSpawn } from "./generate/instants.ts";
import { Random } from "./random.ts";

// Whole programs. In reading order: generate/drawing.ts (what a program is drawn from), awaitables.ts, instants.ts (statements
// that do not suspend), compounds.ts (statements with blocks), collisions.ts (statements that race on purpose), blocks.ts.

/** A random program: the same seed, the same program, as long as nothing here is changed. */
export function generateProgram(seed: string): Program {
  const random = new Random(seed);
  const drawing = new Drawing(random);
  drawing.driver = random.weighted([
    [68, "run"],
    [10, "runner"],
    [12, "host"],
    [10, "forever"],
  ]);
  const { driver } = drawing;
  const eager = (driver === "run" || driver === "runner") && random.chance(0.12);
  drawing.eagerness = random.pick([0, 0, 0.1, 0.5]);
  drawing.objects = drawObjects(drawing);
  drawing.coroutines = numbered("c", random.between(2, 5));
  drawing.callbacks = numbered("k", random.between(1, 3));
  const mains = driver === "runner" ? numbered("main", random.between(1, 3)) : ["main"];
  drawing.limitTasks(random.between(2, 5));
  return {
    ...drawBodies(drawing, mains),
    driver,
    mains,
    ...(random.chance(0.1) ? { start: random.pick([0.5, 7, 1000]) } : {}),
    ...(eager ? { eager } : {}),
    objs: drawing.objects,
    blocks: random.chance(0.3) ? "wrapped" : "plain",
    ...(random.chance(0.25) ? { loop: random.pick(CHOICES.loop) } : {}),
  };
}

function numbered(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}${index}`);
}

// ---- what there is

function drawObjects({ random, taste }: Drawing): Record<string, ObjectNode> {
  const objects: Record<string, ObjectNode> = {};
  const add = (feature: Feature, name: string, make: () => ObjectNode): void => {
    if (taste[feature] > 0) objects[name] = make();
  };
  add("lock", "l0", () => ({ k: "Lock" }));
  add("semaphore", "s0", () => ({ k: "Semaphore", n: random.between(0, 2) }));
  add("semaphore", "z0", () => ({ k: "BoundedSemaphore", n: random.between(1, 2) }));
  add("condition", "n0", () =>
    taste.lock > 0 && random.chance(0.4) ? { k: "Condition", lock: "l0" } : { k: "Condition" },
  );
  add("barrier", "r0", () => ({ k: "Barrier", n: random.between(1, 3) }));
  add("event", "e0", () => ({ k: "Event" }));
  add("queue", "q0", () => ({ k: "Queue", max: random.between(0, 2) }));
  add("queue", "q1", () => ({ k: random.pick(["Queue", "LifoQueue", "PriorityQueue"]), max: random.between(0, 2) }));
  for (const name of ["f0", "f1", "f2"]) add("future", name, () => ({ k: "Future" }));
  add("context", "v0", () =>
    random.chance(0.6) ? { k: "ContextVar", default: random.between(0, 9) } : { k: "ContextVar" },
  );
  return objects;
}

// ---- coroutines and callbacks

function drawBodies(drawing: Drawing, mains: readonly string[]): Pick<Program, "cos" | "cbs"> {
  const { random, coroutines, callbacks } = drawing;
  const helpers = helpersOf(drawing);
  drawing.helpers = [...helpers.keys()];
  const cos: Record<string, CoroutineNode> = {};
  for (const name of mains) cos[name] = drawing.coroutine(0, () => drawMain(drawing));
  for (const [index, name] of coroutines.entries()) {
    const first = random.chance(0.06) ? 0 : index + 1;
    cos[name] = drawing.coroutine(first, () => drawBlock(drawing, random.between(1, 5)));
  }
  for (const [name, helper] of helpers) {
    cos[name] = drawing.coroutine(coroutines.length, () => helper(drawing).map((draft) => drawing.number(draft)));
  }
  return { cos, cbs: Object.fromEntries(callbacks.map((name) => [name, drawCallback(drawing)])) };
}

/** Some tasks, something that goes on beside them, and mostly an end that waits for them. */
function drawMain(drawing: Drawing): Statement[] {
  const { random, taste, tasks } = drawing;
  const body: Statement[] = [];
  const add = (draft: DraftStatement): void => void body.push(drawing.number(draft));
  if (taste.context > 0) {
    add({ op: "ctxcopy", to: "x0" });
    add({ op: "cvset", v: "v0", x: 1, to: "w0" });
  }
  for (const to of tasks) if (random.chance(0.8)) add(drawSpawn(drawing, to));
  if (random.chance(0.7)) add(drawing.sleep());
  body.push(...drawBlock(drawing, random.between(2, 6)));
  if (random.chance(0.75)) for (const t of tasks) add(guardedAwait(drawing, bounded(drawing, { k: "t", t })));
  return body;
}

/** Mostly with a timeout, so that not all ends in deadlock. */
function bounded({ random }: Drawing, aw: AwaitableNode): AwaitableNode {
  return random.chance(0.5) ? { k: "wf", aw, d: random.between(1, 9) } : aw;
}

function guardedAwait(drawing: Drawing, aw: AwaitableNode): DraftStatement {
  return {
    op: "try",
    body: [drawing.number(drawing.waitFor(aw))],
    on: [{ k: drawing.random.pick(["any", "any", "cancel", "error"]), body: [] }],
  };
}

function drawCallback(drawing: Drawing): Statement[] {
  const body = drawInstants(drawing, drawing.random.between(1, 3));
  if (drawing.random.chance(0.15)) body.push(drawing.number({ op: "raise", m: "k" }));
  return body;
}
