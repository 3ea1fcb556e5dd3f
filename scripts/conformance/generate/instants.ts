import { CHOICES } from "../../../tests/cpython/interpreter/language.ts";
import type { Statement } from "../../../tests/cpython/interpreter/language.ts";
import { drawAwaitable } from "./awaitables.ts";
import type { DraftStatement, Drawing, Make } from "./drawing.ts";

/** A statement that does not suspend. */
export function drawInstant(drawing: Drawing): DraftStatement {
  const choices = [...ofTasks(drawing), ...ofObjects(drawing), ...ofContexts(drawing)];
  return drawing.random.weighted<Make<DraftStatement>[1]>(choices)();
}

export function drawInstants(drawing: Drawing, length: number): Statement[] {
  return Array.from({ length }, () => drawing.number(drawInstant(drawing)));
}

/** A new task; within a group mostly the group's. */
export function drawSpawn(drawing: Drawing, to: string = drawing.random.pick(drawing.tasks)): DraftStatement {
  const { random, taste } = drawing;
  const group = drawing.groups.at(-1);
  const inGroup = group !== undefined ? random.chance(0.75) : taste.group > 0 && random.chance(0.1);
  return {
    op: "spawn",
    to,
    c: drawing.callee(),
    ...(random.chance(0.85) ? { n: `n:${to}` } : {}),
    ...(inGroup ? { g: group ?? random.pick(["G0", "G1"]) } : {}),
    ...(taste.context > 0 && random.chance(0.2) ? { ctx: random.pick(["x0", "x1"]) } : {}),
    ...(random.chance(drawing.eagerness) ? { eager: random.chance(0.9) } : {}),
  };
}

function ofTasks(drawing: Drawing): Make<DraftStatement>[] {
  const { random, taste } = drawing;
  const t = drawing.task();
  const timeouts = drawing.timeouts.length > 0;
  return [
    [1, () => ({ op: "log" })],
    [taste.cancel * 2, () => ({ op: "cancel", t: drawing.future(), ...drawing.message() })],
    [taste.cancel * 0.4, () => ({ op: "uncancel", t: random.chance(0.7) ? "self" : t })],
    [taste.cancel * 0.4, () => ({ op: "cancelling", t })],
    [2, () => ({ op: "obs", t: drawing.future(), w: random.pick(CHOICES.observation) })],
    [0.3, () => ({ op: "setname", t, n: random.pick(["n:s", "n:t"]) })],
    [0.4, () => ({ op: "alltasks" })],
    [1.5, () => drawSpawn(drawing)],
    [
      taste.lazy + taste.gather * 0.4,
      () => ({ op: "ensure", to: random.pick(["g0", "g1"]), aw: drawAwaitable(drawing) }),
    ],
    [taste.lazy, () => ({ op: "let", to: random.pick(["x0", "y0"]), aw: drawAwaitable(drawing) })],
    [taste.callback, () => ({ op: "addcb", t: drawing.future(), k: drawing.callback() })],
    [taste.callback * 0.3, () => ({ op: "rmcb", t: drawing.future(), k: drawing.callback() })],
    [taste.call, () => call(drawing)],
    [taste.call * 0.6, () => ({ op: "handle", h: random.pick(["h0", "h1"]), w: random.pick(CHOICES.handling) })],
    [taste.future, () => ({ op: "fset", f: settable(drawing), v: drawing.value() })],
    [taste.future * 0.5, () => ({ op: "fexc", f: settable(drawing), m: random.pick(["f", "g"]) })],
    [taste.timeout * (timeouts ? 0.6 : 0.1), () => ({ op: "tminfo", t: timeout(drawing) })],
    [taste.timeout * (timeouts ? 1.5 : 0.1), () => ({ op: "resched", t: timeout(drawing), d: drawing.deadline() })],
    [taste.group * 0.5, () => ({ op: "gcancel", g: random.pick(["G0", "G1"]) })],
    [drawing.driver === "forever" ? 1.5 : 0.05, () => ({ op: "stop" })],
  ];
}

/** Mostly a future of the program's own; a task or a gather refuses, or is spoilt. */
function settable(drawing: Drawing): string {
  const { random, taste } = drawing;
  return random.chance(0.85) && taste.future > 0 ? random.pick(["f0", "f1", "f2"]) : drawing.future();
}

function timeout({ random, timeouts }: Drawing): string {
  return timeouts.at(-1) ?? random.pick(["m0", "m1"]);
}

function call(drawing: Drawing): DraftStatement {
  const { random } = drawing;
  const how = random.pick(CHOICES.how);
  return {
    op: "call",
    k: drawing.callback(),
    how,
    a: random.between(0, 9),
    ...(how === "later" || how === "at" ? { d: drawing.delay() } : {}),
    ...(random.chance(0.6) ? { to: random.pick(["h0", "h1"]) } : {}),
  };
}

function ofObjects(drawing: Drawing): Make<DraftStatement>[] {
  const { random, taste, locks, queues, ifHeld } = drawing;
  const choices: Make<DraftStatement>[] = [
    [taste.event * 1.2, () => ({ op: "evset", o: "e0" })],
    [taste.event * 0.6, () => ({ op: "evclear", o: "e0" })],
    [taste.event * 0.3, () => ({ op: "evisset", o: "e0" })],
    [taste.condition * ifHeld, () => ({ op: "notify", o: "n0", n: random.between(0, 2) })],
    [taste.condition * ifHeld * 0.5, () => ({ op: "notifyall", o: "n0" })],
    [taste.condition * 0.5, () => ({ op: "inc", x: "i0", d: 1 })],
    [taste.barrier * 0.5, () => ({ op: "binfo", o: "r0" })],
  ];
  if (locks.length > 0) {
    choices.push([1.2, () => ({ op: "release", o: drawing.lock() })], [1, () => ({ op: "locked", o: drawing.lock() })]);
  }
  if (queues.length > 0) {
    const o = drawing.queue();
    choices.push(
      [taste.queue, () => ({ op: "putnow", o, v: drawing.item() })],
      [taste.queue, () => ({ op: "getnow", o })],
      [taste.queue * 0.5, () => ({ op: "taskdone", o })],
      [taste.queue * 0.2, () => ({ op: "shutdown", o, now: random.chance(0.5) })],
      [taste.queue * 0.3, () => ({ op: "qinfo", o })],
    );
  }
  return choices;
}

function ofContexts(drawing: Drawing): Make<DraftStatement>[] {
  const { random } = drawing;
  const weight = drawing.taste.context;
  const context = (): string => random.pick(["x0", "x1"]);
  const token = (): string => random.pick(["w0", "w1"]);
  const set = (): DraftStatement => ({
    op: "cvset",
    v: "v0",
    x: random.between(0, 9),
    ...(random.chance(0.6) ? { to: token() } : {}),
  });
  return [
    [weight, set],
    [weight, () => ({ op: "cvget", v: "v0", ...(random.chance(0.3) ? { d: 7 } : {}) })],
    [weight * 0.6, () => ({ op: "cvreset", t: token() })],
    [weight * 0.7, () => ({ op: "ctxcopy", to: context() })],
    [drawing.mayNest ? weight * 0.4 : 0, () => ({ op: "ctxrun", x: context(), body: quiet(drawing) })],
    [weight * 0.4, () => ({ op: "ctxget", x: context(), v: "v0" })],
  ];
}

function quiet(drawing: Drawing): Statement[] {
  return drawing.deeper(() => drawInstants(drawing, drawing.random.between(1, 2)));
}
