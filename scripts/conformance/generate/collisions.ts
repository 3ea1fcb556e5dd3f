import { CHOICES } from "../../../tests/cpython/interpreter/language.ts";
import type { AwaitableNode, Statement } from "../../../tests/cpython/interpreter/language.ts";
import { drawAwait } from "./awaitables.ts";
import { drawGroup, drawHandler, drawTimeout, drawWith } from "./compounds.ts";
import type { DraftStatement, Drawing, Inner, Make } from "./drawing.ts";

/** What collisions are made of: a victim, a moment, and what happens to the one at the other. */
interface Race {
  readonly t: string;
  readonly d: number;
  readonly cancel: DraftStatement;
  readonly sleep: DraftStatement;
  readonly later: DraftStatement;
}

type Collision = Make<readonly DraftStatement[]>;

/** Two or three statements that want to happen at once. */
export function drawCollision(drawing: Drawing, inner: Inner): readonly DraftStatement[] {
  const race = drawRace(drawing);
  return drawing.random.weighted<Collision[1]>([
    ...ofCancellations(drawing, race),
    ...ofTimeouts(drawing, race, inner),
    ...ofObjects(drawing, race, inner),
    [drawing.taste.call, () => [race.later, { op: "handle", h: "h0", w: drawing.random.pick(CHOICES.handling) }]],
    ...ofGroups(drawing, race, inner),
    ...ofChildren(drawing, race),
  ])();
}

function drawRace(drawing: Drawing): Race {
  const { random } = drawing;
  const t = random.pick(drawing.tasks);
  const d = Math.max(0, drawing.delay());
  return {
    t,
    d,
    cancel: { op: "cancel", t, ...drawing.message() },
    sleep: drawing.sleep(d),
    later: { op: "call", k: drawing.callback(), how: "later", a: 0, d, to: "h0" },
  };
}

function inAnyOrder({ random }: Drawing, ...drafts: DraftStatement[]): readonly DraftStatement[] {
  return random.chance(0.5) ? drafts : drafts.toReversed();
}

/** A cancellation in the iteration of a wake-up, or twice. */
function ofCancellations(drawing: Drawing, { t, cancel, sleep, later }: Race): Collision[] {
  const { random, taste } = drawing;
  return [
    [taste.cancel, () => [sleep, cancel]],
    [taste.cancel * 0.5, () => [cancel, cancel]],
    [taste.cancel * 0.5, () => changeOfMind(drawing, random.chance(0.5) ? "self" : t)],
    [taste.cancel * 0.7, () => [later, ...(random.chance(0.5) ? [cancel] : [])]],
    [taste.cancel * 0.5, () => [{ op: "cancel", t: "self" }, drawing.waitFor({ k: "t", t })]],
    [taste.cancel, () => [drawing.stubborn(drawAwait(drawing))]],
    [taste.future, () => inAnyOrder(drawing, { op: "fset", f: "f0", v: 1 }, cancel)],
    [taste.event, () => inAnyOrder(drawing, { op: "evset", o: "e0" }, cancel)],
  ];
}

/** A cancellation that is taken back, perhaps before it is delivered. */
function changeOfMind(drawing: Drawing, t: string): readonly DraftStatement[] {
  return [{ op: "cancel", t, ...drawing.message() }, { op: "uncancel", t }, drawAwait(drawing)];
}

/** A timeout against a result, or against another timeout, of one deadline. */
function ofTimeouts(drawing: Drawing, { d, later }: Race, inner: Inner): Collision[] {
  const { random, taste } = drawing;
  const within = (draft: () => DraftStatement): DraftStatement =>
    drawTimeout(drawing, d, () => [drawing.number(draft())]);
  return [
    [1 + taste.timeout, () => [later, within(() => drawAwait(drawing))]],
    [taste.timeout, () => [within(() => drawTimeout(drawing, d, () => inner(1, 2)))]],
    [
      1 + taste.timeout,
      () => {
        const aw = random.pick<AwaitableNode>([
          { k: "sleep", d, v: "v" },
          { k: "t", t: drawing.future() },
        ]);
        return [drawing.waitFor({ k: "wf", aw, d })];
      },
    ],
  ];
}

/** What is released or put goes to one who is just being cancelled. */
function ofObjects(drawing: Drawing, { cancel }: Race, inner: Inner): Collision[] {
  const { taste, locks, queues } = drawing;
  const ifLocks = locks.length > 0 ? 3 : 0;
  const ifQueues = queues.length > 0 ? taste.queue : 0;
  return [
    [ifLocks, () => inAnyOrder(drawing, { op: "release", o: drawing.lock() }, cancel)],
    [ifLocks, () => [drawWith(drawing, drawing.lock(), () => inner(1, 2))]],
    [ifLocks * 0.5, () => crowd(drawing)],
    [ifQueues, () => inAnyOrder(drawing, { op: "putnow", o: drawing.queue(), v: 5 }, cancel)],
    [ifQueues, () => inAnyOrder(drawing, { op: "getnow", o: drawing.queue() }, cancel)],
    [ifQueues * 0.5, () => endOfQueue(drawing, drawing.queue())],
    [ifQueues * 0.5, () => fillAndEmpty(drawing, drawing.queue())],
    [taste.condition, () => [drawWith(drawing, "n0", () => notifying(drawing, cancel))]],
    [
      taste.condition,
      () => [drawWith(drawing, "n0", () => [drawing.number(drawing.waitFor({ k: "cwait", o: "n0" }))])],
    ],
    [taste.barrier, () => inAnyOrder(drawing, drawing.waitFor({ k: "bar", o: "r0" }), cancel)],
    [locks.length > 0 && drawing.mayNest ? 2 : 0, () => hold(drawing, drawing.lock(), inner)],
  ];
}

/** Several in line for a lock; it is released, and one of them is cancelled. */
function crowd(drawing: Drawing): readonly DraftStatement[] {
  const { random, tasks } = drawing;
  const line = tasks.slice(0, random.between(2, 3));
  const cancel: DraftStatement = { op: "cancel", t: random.pick(line) };
  return [
    ...line.map((to): DraftStatement => ({ op: "spawn", to, c: "hold", n: `n:${to}` })),
    drawing.sleep(),
    ...inAnyOrder(drawing, { op: "release", o: drawing.lock() }, cancel),
  ];
}

/** Several items, equals among them, in and out at once. */
function fillAndEmpty(drawing: Drawing, o: string): readonly DraftStatement[] {
  const times = drawing.random.between(2, 4);
  const put = Array.from({ length: times }, (): DraftStatement => ({ op: "putnow", o, v: drawing.item() }));
  return [...put, ...Array.from({ length: times }, (): DraftStatement => ({ op: "getnow", o }))];
}

/** A queue that is done, or shut down, while somebody waits for its end. */
function endOfQueue(drawing: Drawing, o: string): readonly DraftStatement[] {
  const { random } = drawing;
  const join = drawing.waitFor({ k: "join", o });
  return random.weighted<() => readonly DraftStatement[]>([
    [3, () => [{ op: "putnow", o, v: 6 }, join]],
    [2, () => [{ op: "taskdone", o }, join]],
    [2, () => inAnyOrder(drawing, { op: "shutdown", o, now: random.chance(0.7) }, join)],
  ])();
}

function notifying(drawing: Drawing, cancel: DraftStatement): Statement[] {
  const { random } = drawing;
  const notify: DraftStatement = random.chance(0.7) ? { op: "notify", o: "n0", n: 1 } : { op: "notifyall", o: "n0" };
  const drafts = [notify, cancel, ...(random.chance(0.5) ? [drawing.sleep(0)] : [])];
  return drafts.map((draft) => drawing.number(draft));
}

/** A lock that is held for a while, whatever happens. */
function hold(drawing: Drawing, o: string, inner: Inner): readonly DraftStatement[] {
  const release = drawing.number({ op: "release", o });
  return [drawing.waitFor({ k: "acquire", o }), { op: "try", body: inner(1, 2), on: [], fin: [release] }];
}

/** A failure in a group, told apart; a group that is cancelled from outside while a child fails, or that is too late. */
function ofGroups(drawing: Drawing, { d, later }: Race, inner: Inner): Collision[] {
  const weight = drawing.mayNest ? drawing.taste.group : 0;
  const group = (): Statement => drawing.number(drawGroup(drawing, inner));
  return [
    [weight * 0.7, () => [{ op: "try", body: [group()], on: [drawHandler(drawing, inner, "group")] }]],
    [weight, () => [later, drawGroup(drawing, inner)]],
    [weight * 0.5, () => [drawTimeout(drawing, d, () => [group()])]],
  ];
}

/** A task that is shielded from a timeout, or awaited twice. */
function ofChildren(drawing: Drawing, { t, d }: Race): Collision[] {
  const { random, taste } = drawing;
  const task: AwaitableNode = { k: "t", t };
  return [
    [taste.shield, () => [drawing.waitFor({ k: "wf", aw: { k: "shield", aw: task }, d })]],
    [taste.gather, () => [drawing.waitFor({ k: "gather", aws: [task, task], re: random.chance(0.5) })]],
  ];
}
