// The language of the conformance programs, as one table: what each statement and awaitable is made of. The types, the
// parser, the interpreter, and the generator and shrinker of the fuzzer all read it. README.md in ../vectors says what each does.

/** What a field may hold. A name with "?" behind it may be left out. */
interface Kinds {
  text: string;
  number: number;
  deadline: number | null;
  flag: boolean;
  value: Plain;
  coroutine: string;
  callback: string;
  slots: readonly string[];
  observation: (typeof CHOICES.observation)[number];
  how: (typeof CHOICES.how)[number];
  handling: (typeof CHOICES.handling)[number];
  returnWhen: (typeof CHOICES.returnWhen)[number];
  fit: (typeof CHOICES.fit)[number];
  awaitable: AwaitableNode;
  awaitables: readonly AwaitableNode[];
  block: readonly Statement[];
  instant: readonly Statement[];
  handlers: readonly Handler[];
}

/** A value that a program can write down. */
export type Plain = number | string | boolean | null;

export const CHOICES = {
  observation: ["done", "cancelled", "result", "exception"],
  how: ["soon", "threadsafe", "later", "at"],
  handling: ["cancel", "cancelled", "when"],
  returnWhen: ["FIRST_COMPLETED", "FIRST_EXCEPTION", "ALL_COMPLETED"],
  fit: ["any", "cancel", "error", "timeout", "group"],
  driver: ["run", "runner", "host", "forever"],
  loop: ["plain", "watched", "debug", "scheduled"],
} as const;

/** What can be awaited, by `k`. */
export const AWAITABLES = {
  co: { c: "coroutine" },
  sleep: { d: "number", v: "value?" },
  pass: {},
  t: { t: "text" },
  self: {},
  let: { x: "text" },
  gather: { aws: "awaitables", re: "flag?" },
  wait: { ts: "slots", d: "deadline?", rw: "returnWhen?" },
  wf: { aw: "awaitable", d: "deadline" },
  shield: { aw: "awaitable" },
  acquire: { o: "text" },
  get: { o: "text" },
  put: { o: "text", v: "value" },
  join: { o: "text" },
  ev: { o: "text" },
  cwait: { o: "text" },
  cwf: { o: "text", x: "text", n: "number" },
  bar: { o: "text" },
  breset: { o: "text" },
  babort: { o: "text" },
} as const;

/** Statements that do not suspend, by `op`. */
export const INSTANT = {
  log: {},
  spawn: { to: "text?", c: "coroutine", n: "text?", g: "text?", ctx: "text?", eager: "flag?" },
  ensure: { to: "text", aw: "awaitable" },
  let: { to: "text", aw: "awaitable" },
  cancel: { t: "text", m: "text?" },
  uncancel: { t: "text" },
  cancelling: { t: "text" },
  obs: { t: "text", w: "observation" },
  setname: { t: "text", n: "text" },
  addcb: { t: "text", k: "callback" },
  rmcb: { t: "text", k: "callback" },
  alltasks: {},
  call: { k: "callback", how: "how", a: "value", d: "number?", to: "text?" },
  handle: { h: "text", w: "handling" },
  fset: { f: "text", v: "value" },
  fexc: { f: "text", m: "text" },
  evset: { o: "text" },
  evclear: { o: "text" },
  evisset: { o: "text" },
  release: { o: "text" },
  locked: { o: "text" },
  notify: { o: "text", n: "number" },
  notifyall: { o: "text" },
  putnow: { o: "text", v: "value" },
  getnow: { o: "text" },
  taskdone: { o: "text" },
  shutdown: { o: "text", now: "flag" },
  binfo: { o: "text" },
  qinfo: { o: "text" },
  tminfo: { t: "text" },
  cvset: { v: "text", x: "value", to: "text?" },
  cvget: { v: "text", d: "value?" },
  cvreset: { t: "text" },
  ctxcopy: { to: "text" },
  ctxrun: { x: "text", body: "instant" },
  ctxget: { x: "text", v: "text" },
  inc: { x: "text", d: "number" },
  resched: { t: "text", d: "deadline" },
  split: { m: "text" },
  stop: {},
  gcancel: { g: "text" },
  raise: { m: "text", cancel: "flag?" },
} as const;

/** Statements that may suspend, by `op`. */
export const SUSPENDING = {
  await: { aw: "awaitable", y: "flag?" },
  return: { v: "value?", last: "flag?" },
  try: { body: "block", on: "handlers", fin: "block?" },
  repeat: { body: "block", n: "number" },
  with: { o: "text", body: "block" },
  group: { to: "text", body: "block" },
  timeout: { to: "text", d: "deadline", at: "flag?", body: "block" },
  custom: { enter: "block", exit: "block", swallow: "flag?", body: "block" },
  asc: { aws: "awaitables", d: "deadline?", pre: "block", y: "flag?" },
} as const;

export const HANDLER = { k: "fit", body: "block", re: "flag?" } as const;

/** Shared objects, by class. */
export const OBJECTS = {
  Lock: {},
  Event: {},
  Condition: { lock: "text?" },
  Semaphore: { n: "number?" },
  BoundedSemaphore: { n: "number?" },
  Barrier: { n: "number" },
  Queue: { max: "number?" },
  LifoQueue: { max: "number?" },
  PriorityQueue: { max: "number?" },
  Future: {},
  ContextVar: { default: "value?" },
} as const;

/** The fields of one statement, awaitable, handler or object: a kind for each. */
export type Shape = Readonly<Record<string, FieldKind>>;
export type FieldKind = keyof Kinds | `${keyof Kinds}?`;

type Optional<S> = { [F in keyof S]: S[F] extends `${string}?` ? F : never }[keyof S];
type Value<K> = K extends `${infer Name}?` ? Value<Name> : K extends keyof Kinds ? Kinds[K] : never;
type Node<S> = { readonly [F in Exclude<keyof S, Optional<S>>]: Value<S[F]> } & {
  readonly [F in Optional<S>]?: Value<S[F]>;
};
type Tagged<Tag extends string, Table> = { [Name in keyof Table]: { readonly [T in Tag]: Name } & Node<Table[Name]> };

type AwaitableNodes = Tagged<"k", typeof AWAITABLES>;
export type AwaitableNode = AwaitableNodes[keyof AwaitableNodes];
type InstantStatements = Tagged<"op", typeof INSTANT>;
export type InstantStatement = InstantStatements[keyof InstantStatements] & { readonly i: number };
type SuspendingStatements = Tagged<"op", typeof SUSPENDING>;
export type SuspendingStatement = SuspendingStatements[keyof SuspendingStatements] & { readonly i: number };
export type Statement = InstantStatement | SuspendingStatement;
export type StatementOf<Op extends Statement["op"]> = Extract<Statement, { readonly op: Op }>;
export type AwaitableOf<K extends AwaitableNode["k"]> = AwaitableNodes[K];
export type Handler = Node<typeof HANDLER>;
type ObjectNodes = Tagged<"k", typeof OBJECTS>;
export type ObjectNode = ObjectNodes[keyof ObjectNodes];

export interface CoroutineNode {
  readonly kind: "plain" | "wrapped";
  readonly body: readonly Statement[];
}

/** A whole program. */
export interface Program {
  readonly driver: (typeof CHOICES.driver)[number];
  readonly mains: readonly string[];
  readonly start?: number;
  readonly eager?: boolean;
  readonly objs: Readonly<Record<string, ObjectNode>>;
  readonly cos: Readonly<Record<string, CoroutineNode>>;
  readonly cbs: Readonly<Record<string, readonly Statement[]>>;
  readonly blocks?: "plain" | "wrapped";
  /** How escapement's loop is made: with an instrument, in debug mode, with a scheduler of its own that is first in, first out. */
  readonly loop?: (typeof CHOICES.loop)[number];
}

/** One event of a trace: iteration, clock, task, what, where, values. */
export type TraceEvent = readonly [
  iteration: number,
  clock: number,
  task: string | null,
  what: string,
  ...rest: unknown[],
];

/** What a program leaves. */
export interface Run {
  readonly trace: readonly TraceEvent[];
  readonly out: readonly unknown[];
}

/** What escapement tells beside: how often each statement was executed, and each awaitable (as `await:k`) built. */
export interface CountedRun extends Run {
  readonly used: Readonly<Record<string, number>>;
}

export function suspends(statement: Statement): statement is SuspendingStatement {
  return Object.hasOwn(SUSPENDING, statement.op);
}
