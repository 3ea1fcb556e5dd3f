import { RuntimeError, ValueError } from "./errors.ts";

// A context's bindings are never changed, only replaced: copying a context is copying one reference, as in PEP 567.
type Bindings = ReadonlyMap<ContextVar<any>, unknown>;

const NO_BINDINGS: Bindings = new Map();

/**
 * What each context variable is bound to. A task runs in a copy of its creator's; `run()` runs a function in this one.
 *
 * @see PEP 567; CPython 3.13 `contextvars.Context`
 */
export class Context {
  /** @internal */ bindings: Bindings;

  constructor() {
    this.bindings = NO_BINDINGS;
  }

  /**
   * Calls `fn` in this context: its changes stay in this context.
   *
   * @throws {RuntimeError} When the context is already being run.
   */
  run<A extends unknown[], R>(fn: (...args: A) => R, ...args: A): R {
    if (isEntered(this)) throw new RuntimeError("Context.run: this context is already entered. Run a copy() of it.");
    const outer = nestContext(this);
    try {
      return fn(...args);
    } finally {
      unnestContext(outer);
    }
  }

  copy(): Context {
    const copied = new Context();
    copied.bindings = this.bindings;
    return copied;
  }

  /** What `variable` is bound to in this context; undefined when it is not, its default notwithstanding. */
  get<T>(variable: ContextVar<T>): T | undefined {
    return this.bindings.get(variable) as T | undefined;
  }
}

let current = new Context();

/** @internal */
export function currentContext(): Context {
  return current;
}

/** A copy of the current context. */
export function copyContext(): Context {
  return current.copy();
}

/**
 * Makes `context` the current one, and returns the one that was.
 *
 * @internal
 */
export function enterContext(context: Context): Context {
  const previous = current;
  current = context;
  return previous;
}

// The contexts that something nested in them has left for a while: by run(), or by a task that starts eagerly. A step of a
// task, or a callback, is never nested: so that only these two pay for knowing what is entered.
const suspended: Context[] = [];

/** @internal Whether code runs in it: here, or in what this code is nested in. */
export function isEntered(context: Context): boolean {
  return context === current || suspended.includes(context);
}

/** @internal As enterContext, to be undone by `unnestContext` with what it returned. */
export function nestContext(context: Context): Context {
  suspended.push(current);
  return enterContext(context);
}

/** @internal */
export function unnestContext(outer: Context): void {
  suspended.pop();
  enterContext(outer);
}

/**
 * A variable whose value belongs to the context: each task sees its own.
 *
 * @example
 * const user = new ContextVar("user", { default: "nobody" });
 * const token = user.set("ada");
 * print(user.get()); //=> "ada"
 * user.reset(token);
 * print(user.get()); //=> "nobody"
 * @see PEP 567; CPython 3.13 `contextvars.ContextVar`
 */
export class ContextVar<T> {
  readonly name: string;
  readonly #default: readonly [T] | null;

  /**
   * @param name - For people: errors and reports show it.
   * @param options.default - What `get()` returns where the variable is not set.
   */
  constructor(name: string, options?: { default?: T }) {
    if (typeof name !== "string") throw new TypeError(`ContextVar: a name is a string, not ${typeof name}.`);
    this.name = name;
    this.#default = options !== undefined && "default" in options ? [options.default] : null;
  }

  get(): T;
  get<D>(fallback: D): T | D;
  /** @throws {RuntimeError} When it is not set, and there is neither a fallback nor a default (Python's LookupError). */
  get(...fallback: [unknown?]): unknown {
    if (current.bindings.has(this)) return current.bindings.get(this);
    if (fallback.length > 0) return fallback[0];
    if (this.#default !== null) return this.#default[0];
    throw new RuntimeError(`ContextVar "${this.name}" is not set in this context and has no default.`);
  }

  /** Binds the variable in the current context. The token undoes it: `reset(token)`. */
  set(value: T): Token<T> {
    const { bindings } = current;
    const token = new Token(this, current, bindings.has(this), bindings.get(this) as T | undefined);
    current.bindings = new Map(bindings).set(this, value);
    return token;
  }

  /**
   * Restores what was bound before the `set()` that returned `token`.
   *
   * @throws {RuntimeError} When the token has been used.
   * @throws {ValueError} When the token is another variable's, or was made in another context.
   */
  reset(token: Token<T>): void {
    if (token.used) throw new RuntimeError(`ContextVar "${this.name}": this token has already been used once.`);
    if (token.var !== this) {
      throw new ValueError(`ContextVar "${this.name}": the token is of another variable, "${token.var.name}".`);
    }
    if (token.context !== current) throw new ValueError(`ContextVar "${this.name}": the token is of another context.`);
    token.used = true;
    const bindings = new Map(current.bindings);
    if (token.wasBound) bindings.set(this, token.oldValue);
    else bindings.delete(this);
    current.bindings = bindings;
  }
}

/** What `ContextVar.set()` returns: enough to undo it, once. */
export class Token<T> {
  readonly var: ContextVar<T>;
  /** What was bound before; undefined when nothing was. */
  readonly oldValue: T | undefined;
  /** @internal */ readonly context: Context;
  /** @internal */ readonly wasBound: boolean;
  /** @internal */ used = false;

  /** @internal */
  constructor(variable: ContextVar<T>, context: Context, wasBound: boolean, oldValue: T | undefined) {
    this.var = variable;
    this.context = context;
    this.wasBound = wasBound;
    this.oldValue = oldValue;
  }
}
