import type {
  AwaitableNode,
  CHOICES,
  CoroutineNode,
  ObjectNode,
  Plain,
  Statement,
} from "../../../tests/cpython/interpreter/language.ts";
import type { Random } from "../random.ts";

const FEATURES = [
  "cancel",
  "timeout",
  "group",
  "gather",
  "wait",
  "shield",
  "lock",
  "semaphore",
  "condition",
  "barrier",
  "event",
  "queue",
  "future",
  "callback",
  "context",
  "call",
  "lazy",
  "completed",
] as const;
export type Feature = (typeof FEATURES)[number];
type Taste = Readonly<Record<Feature, number>>;

/** A choice and how often it is made. */
export type Make<T> = readonly [weight: number, make: () => T];

type Draft<T> = T extends { readonly i: number } ? Omit<T, "i"> : never;
/** A statement before it has its number. */
export type DraftStatement = Draft<Statement>;
/** Draws a block, one level further in. */
export type Inner = (low: number, high: number) => Statement[];

const TASKS = ["a", "b", "c", "d", "e"];
const VALUES: readonly Plain[] = [0, 1, 2, 3, "v", "w", true, null];
const DELAYS = [
  [0, 1, 1, 2],
  [0, 0, 1, 2, 3],
  [1, 2, 2, 3, 5],
  [0, 1, 1, 1, 0.5, -1],
] as const;

/**
 * A program that is being drawn: what it likes, what there is in it, and where the pen is.
 *
 * It is drawn with a taste: each feature is wanted much, a little, or not at all (Groce et al., "Swarm testing", 2012).
 * Delays come from a handful of small numbers, so that what can fall into one iteration does.
 */
export class Drawing {
  readonly random: Random;
  readonly taste: Taste;
  readonly #delays: readonly number[];
  readonly #favourite: number;
  // What there is.
  driver: (typeof CHOICES.driver)[number] = "run";
  eagerness = 0;
  objects: Readonly<Record<string, ObjectNode>> = {};
  coroutines: readonly string[] = [];
  /** Small coroutines that call no others. */
  helpers: readonly string[] = [];
  callbacks: readonly string[] = [];
  tasks: readonly string[] = TASKS;
  // Where the pen is.
  /** The coroutines that the one being drawn may call: those behind it, so that most programs end. */
  callable: readonly string[] = [];
  nesting = 0;
  readonly groups: string[] = [];
  readonly timeouts: string[] = [];
  readonly held: string[] = [];
  #numbers = 0;

  constructor(random: Random) {
    this.random = random;
    this.taste = drawTaste(random);
    this.#delays = random.pick(DELAYS);
    this.#favourite = random.between(0, 3);
  }

  limitTasks(count: number): void {
    this.tasks = TASKS.slice(0, count);
  }

  /** Draws a coroutine, which may call those from `firstCallable` on. */
  coroutine(firstCallable: number, body: () => Statement[]): CoroutineNode {
    this.callable = this.coroutines.slice(firstCallable);
    return { kind: this.random.chance(0.4) ? "wrapped" : "plain", body: body() };
  }

  number(draft: DraftStatement): Statement {
    this.#numbers += 1;
    const { op, ...fields } = draft;
    return { op, i: this.#numbers, ...fields } as Statement;
  }

  /** What `draw` draws, one level further in. */
  deeper<T>(draw: () => T): T {
    this.nesting += 1;
    const drawn = draw();
    this.nesting -= 1;
    return drawn;
  }

  get mayNest(): boolean {
    return this.nesting < 3;
  }

  // ---- names

  namesOf(...classes: readonly ObjectNode["k"][]): string[] {
    return Object.keys(this.objects).filter((name) => classes.includes(this.objects[name]!.k));
  }

  get locks(): string[] {
    return this.namesOf("Lock", "Condition", "Semaphore", "BoundedSemaphore");
  }

  get queues(): string[] {
    return this.namesOf("Queue", "LifoQueue", "PriorityQueue");
  }

  lock(): string {
    return this.#mostlyOneOf(this.locks);
  }

  queue(): string {
    return this.#mostlyOneOf(this.queues);
  }

  /** Mostly the same one, so that it is fought over. */
  #mostlyOneOf(names: readonly string[]): string {
    return this.random.chance(0.6) ? names[this.#favourite % names.length]! : this.random.pick(names);
  }

  callee(): string {
    return this.random.pick([...this.helpers, ...this.callable]);
  }

  task(): string {
    return this.random.pick(this.random.chance(0.12) ? ["self", "main"] : this.tasks);
  }

  /** A slot that may hold a future or a task. */
  future(): string {
    const futures = this.namesOf("Future");
    if (futures.length > 0 && this.random.chance(0.35)) return this.random.pick(futures);
    return this.taste.gather + this.taste.shield > 0 && this.random.chance(0.15)
      ? this.random.pick(["g0", "g1"])
      : this.task();
  }

  callback(): string {
    return this.random.pick(this.callbacks);
  }

  /** A condition is of use only to who holds its lock; the others get an error, which need not be often. */
  get ifHeld(): number {
    return this.held.includes("n0") ? 1.5 : 0.1;
  }

  // ---- values

  delay(): number {
    return this.random.pick(this.#delays);
  }

  deadline(): number | null {
    return this.random.chance(0.05) ? null : this.delay();
  }

  value(): Plain {
    return this.random.pick(VALUES);
  }

  /** What is put into a queue. `true` and 1 are equals, and can be told apart. */
  item(): Plain {
    return this.random.chance(0.4) ? this.random.chance(0.5) : this.random.between(0, 2);
  }

  message(): { readonly m?: string } {
    return this.random.chance(0.6) ? { m: this.random.pick(["x", "y", "z"]) } : {};
  }

  sleep(d: number = this.delay()): DraftStatement {
    return { op: "await", aw: { k: "sleep", d } };
  }

  /** A wait, in one spelling or the other. */
  waitFor(aw: AwaitableNode): DraftStatement {
    return { op: "await", aw, ...(this.random.chance(0.25) ? { y: true } : {}) };
  }

  /** A statement that is not to be cancelled, and that may take back the cancellation. */
  stubborn(draft: DraftStatement): DraftStatement {
    const uncancel = this.random.chance(0.5) ? [this.number({ op: "uncancel", t: "self" })] : [];
    return { op: "try", body: [this.number(draft)], on: [{ k: "cancel", body: uncancel }] };
  }
}

function drawTaste(random: Random): Taste {
  const amount = (): number =>
    random.weighted([
      [5, 0],
      [3, 1],
      [4, 4],
    ]);
  const taste = Object.fromEntries(FEATURES.map((feature) => [feature, amount()])) as Record<Feature, number>;
  return { ...taste, cancel: random.pick([1, 3, 6]) };
}
