import { currentTask, Future } from "../../../src/index.ts";
import type { Awaitable, Coroutine, EventLoop, ExceptionContext, Task } from "../../../src/index.ts";
import type { InstantStatement, Program, Statement, TraceEvent } from "./language.ts";
import { show, showError, UserError } from "./values.ts";

/** A program executes so many statements; then all others are skipped. */
const MAXIMUM_STATEMENTS = 250;
/** Calls of coroutines nest so deep; then `sleep(0)` stands in. */
export const MAXIMUM_DEPTH = 6;

/** One call of a coroutine or of a callback. */
export class Frame {
  /** The value of the last `await`. */
  last: unknown = null;
  /** The error that a `try` caught last. */
  caught: unknown = null;
  readonly depth: number;
  readonly isCallback: boolean;

  constructor(depth: number, isCallback = false) {
    this.depth = depth;
    this.isCallback = isCallback;
  }
}

/** What the machine leaves to the other files: how coroutines are called and statements executed. */
export interface Interpreter {
  call(machine: Machine, name: string, depth: number): Coroutine<unknown>;
  instant(machine: Machine, frame: Frame, statement: InstantStatement): void;
}

/** A callback of a program, for `callSoon` and for `addDoneCallback`: one function object for each name. */
export type Callback = (argument: unknown) => void;

/** The state of one run of a program: its slots, its trace. */
export class Machine {
  readonly program: Program;
  readonly loop: EventLoop;
  readonly trace: TraceEvent[] = [];
  readonly slots = new Map<string, unknown>();
  readonly integers = new Map<string, number>();
  readonly lets = new Map<string, Awaitable<unknown>>();
  /** How often each statement was executed, and each awaitable (as `await:k`) built. */
  readonly used = new Map<string, number>();
  /** When set nothing is logged any more. */
  frozen = false;
  main: Task<unknown> | null = null;
  readonly #interpreter: Interpreter;
  readonly #callbacks = new Map<string, Callback>();
  readonly #labels = new Map<Task<unknown>, string>();
  #statements = 0;

  constructor(program: Program, loop: EventLoop, interpreter: Interpreter) {
    this.program = program;
    this.loop = loop;
    this.#interpreter = interpreter;
    loop.setExceptionHandler((_, context) => this.#report(context));
  }

  log(what: string, ...rest: readonly unknown[]): void {
    const task = currentTask();
    this.#push(task === null ? null : this.label(task), what, ...rest);
  }

  /** Logs what the driver does, between two runs of the loop. */
  logDriver(what: string): void {
    this.#push(null, what, null);
  }

  #push(task: string | null, what: string, ...rest: readonly unknown[]): void {
    if (!this.frozen) this.trace.push([this.loop.iteration, this.loop.time(), task, what, ...rest]);
  }

  /** The name that the program gave the task, else a number in order of appearance. */
  label(task: Task<unknown>): string {
    if (task.name.startsWith("n:")) return task.name;
    const label = this.#labels.get(task) ?? `~${this.#labels.size + 1}`;
    this.#labels.set(task, label);
    return label;
  }

  labels(tasks: Iterable<Task<unknown>>): string[] {
    return Array.from(tasks, (task) => this.label(task)).toSorted();
  }

  #report({ exception }: ExceptionContext): void {
    if (exception instanceof UserError && exception.ofCallback) this.log("handler", null, showError(exception));
  }

  get(name: string): unknown {
    if (name === "self") return currentTask();
    if (name === "main") return this.main;
    return this.slots.get(name);
  }

  put(name: string | undefined, value: unknown): void {
    if (name !== undefined) this.slots.set(name, value);
  }

  callback(name: string): Callback {
    const known = this.#callbacks.get(name);
    if (known !== undefined) return known;
    const callback: Callback = (argument) => {
      this.log("cb", name, argument instanceof Future ? argument.cancelled() : show(argument));
      const frame = new Frame(0, true);
      for (const statement of this.program.cbs[name] ?? []) this.instant(frame, statement);
    };
    this.#callbacks.set(name, callback);
    return callback;
  }

  call(name: string, depth: number): Coroutine<unknown> {
    return this.#interpreter.call(this, name, depth);
  }

  instant(frame: Frame, statement: Statement): void {
    if (this.affords(statement)) this.#interpreter.instant(this, frame, statement as InstantStatement);
  }

  /** Counts a statement: whether it is executed. */
  affords({ op }: Statement): boolean {
    this.#statements += 1;
    const isAffordable = this.#statements <= MAXIMUM_STATEMENTS;
    if (isAffordable) this.use(op);
    return isAffordable;
  }

  use(what: string): void {
    this.used.set(what, (this.used.get(what) ?? 0) + 1);
  }

  get exhausted(): boolean {
    return this.#statements >= MAXIMUM_STATEMENTS;
  }
}
