import {
  asCompleted,
  Barrier,
  CancelledError,
  coroutine,
  TaskGroup,
  timeout,
  timeoutAt,
  using,
} from "../../../src/index.ts";
import type { ContextManager, Coroutine, SwallowingContextManager } from "../../../src/index.ts";
import { build, buildAll, isLock } from "./awaitables.ts";
import { suspends } from "./language.ts";
import type { Handler, Statement, StatementOf, SuspendingStatement } from "./language.ts";
import { Frame } from "./machine.ts";
import type { Machine } from "./machine.ts";
import { fits, show, showError } from "./values.ts";

/** How a block ended: `undefined` at its end, or with a `return`. */
interface Return {
  readonly value: unknown;
}
type Ending = Return | undefined;

/** Calls a coroutine of the program. */
export function callCoroutine(machine: Machine, name: string, depth: number): Coroutine<unknown> {
  const { kind } = machine.program.cos[name]!;
  return kind === "wrapped" ? wrappedBody(machine, name, depth) : plainBody(machine, name, depth);
}

const plainBody = makeBody();
const wrappedBody = coroutine(makeBody());

/** A generator function has one prototype, which coroutine() changes: so each kind has a function of its own. */
function makeBody(): (machine: Machine, name: string, depth: number) => Coroutine<unknown> {
  return function* body(machine, name, depth) {
    machine.log("enter", name);
    try {
      const ending = yield* block(machine, new Frame(depth), machine.program.cos[name]!.body);
      machine.log("exit", name, show(ending?.value));
      return ending?.value ?? null;
    } catch (error) {
      machine.log("exit", name, showError(error));
      throw error;
    }
  };
}

function block(machine: Machine, frame: Frame, statements: readonly Statement[]): Coroutine<Ending> {
  return machine.program.blocks === "wrapped"
    ? wrappedBlock(machine, frame, statements)
    : plainBlock(machine, frame, statements);
}

const plainBlock = makeBlock();
const wrappedBlock = coroutine(makeBlock());

function makeBlock(): (machine: Machine, frame: Frame, statements: readonly Statement[]) => Coroutine<Ending> {
  return function* each(machine, frame, statements) {
    for (const statement of statements) {
      if (!suspends(statement)) {
        machine.instant(frame, statement);
      } else if (machine.affords(statement)) {
        const ending = yield* execute(machine, frame, statement);
        if (ending !== undefined) return ending;
      }
    }
    return undefined;
  };
}

function* execute(machine: Machine, frame: Frame, s: SuspendingStatement): Coroutine<Ending> {
  switch (s.op) {
    case "await":
      return yield* awaitOne(machine, frame, s);
    case "return":
      return { value: s.last === true ? frame.last : s.v };
    case "try":
      return yield* s.fin === undefined ? guarded(machine, frame, s) : withFinally(machine, frame, s, s.fin);
    case "repeat":
      return yield* repeat(machine, frame, s);
    case "with":
      return yield* withObject(machine, frame, s);
    case "group": {
      const group = new TaskGroup();
      machine.put(s.to, group);
      return yield* managed(machine, frame, s, "group", group);
    }
    case "timeout":
      return yield* withTimeout(machine, frame, s);
    case "custom":
      return yield* managed(machine, frame, s, "custom", custom(machine, frame, s));
    case "asc":
      return yield* eachCompleted(machine, frame, s);
  }
}

function* awaitOne(machine: Machine, frame: Frame, s: StatementOf<"await">): Coroutine<undefined> {
  const what = `await:${s.aw.k}`;
  try {
    const awaitable = build(machine, frame, s.aw);
    frame.last = s.y === true ? yield awaitable : yield* awaitable;
  } catch (error) {
    machine.log(what, s.i, showError(error));
    throw error;
  }
  machine.log(what, s.i, show(frame.last));
}

function* withFinally(
  machine: Machine,
  frame: Frame,
  s: StatementOf<"try">,
  last: readonly Statement[],
): Coroutine<Ending> {
  try {
    return yield* guarded(machine, frame, s);
  } finally {
    machine.log("finally", s.i);
    yield* block(machine, frame, last);
    machine.log("finally.", s.i);
  }
}

function* guarded(machine: Machine, frame: Frame, s: StatementOf<"try">): Coroutine<Ending> {
  try {
    return yield* block(machine, frame, s.body);
  } catch (error) {
    const handler = s.on.find((one: Handler) => fits(one.k, error));
    if (handler === undefined) throw error;
    frame.caught = error;
    machine.log("caught", s.i, showError(error));
    const ending = yield* block(machine, frame, handler.body);
    if (ending !== undefined || handler.re !== true) return ending;
    machine.log("reraise", s.i);
    throw error;
  }
}

function* repeat(machine: Machine, frame: Frame, s: StatementOf<"repeat">): Coroutine<Ending> {
  for (let turn = 0; turn < s.n && !machine.exhausted; turn++) {
    const ending = yield* block(machine, frame, s.body);
    if (ending !== undefined) return ending;
  }
  return undefined;
}

type Manager = ContextManager<unknown> | SwallowingContextManager<unknown>;
type Managed = StatementOf<"with" | "group" | "timeout" | "custom">;

/** `using(manager, body)`, with what it logs on the way in and out. */
function* managed(
  machine: Machine,
  frame: Frame,
  s: Managed,
  label: string,
  manager: Manager,
  info: () => unknown = () => null,
): Coroutine<Ending> {
  try {
    const ending = yield* using(manager as SwallowingContextManager<unknown>, function* (value) {
      machine.log(`${label}.enter`, s.i, typeof value === "number" ? value : null);
      const end = yield* block(machine, frame, s.body);
      machine.log(`${label}.body`, s.i);
      return end;
    });
    machine.log(label, s.i, null, show(info()));
    return ending;
  } catch (error) {
    machine.log(label, s.i, showError(error), show(info()));
    throw error;
  }
}

function* withObject(machine: Machine, frame: Frame, s: StatementOf<"with">): Coroutine<Ending> {
  const object = machine.get(s.o);
  if (!isLock(object) && !(object instanceof Barrier)) {
    machine.log("with", s.i, "none");
    return undefined;
  }
  return yield* managed(machine, frame, s, `with:${object.constructor.name}`, object);
}

function* withTimeout(machine: Machine, frame: Frame, s: StatementOf<"timeout">): Coroutine<Ending> {
  const limit = s.at === true ? timeoutAt(s.d === null ? null : machine.loop.time() + s.d) : timeout(s.d);
  machine.put(s.to, limit);
  return yield* managed(machine, frame, s, "timeout", limit, () => [limit.expired(), limit.when()]);
}

function custom(machine: Machine, frame: Frame, s: StatementOf<"custom">): SwallowingContextManager<unknown> {
  return {
    *enter() {
      yield* block(machine, frame, s.enter);
      return null;
    },
    *exit(error) {
      machine.log("custom.exit", s.i, error === undefined ? null : showError(error));
      yield* block(machine, frame, s.exit);
      return s.swallow === true;
    },
  };
}

function* eachCompleted(machine: Machine, frame: Frame, s: StatementOf<"asc">): Coroutine<Ending> {
  const awaitables = buildAll(machine, frame, s.aws);
  const completed = asCompleted(awaitables, s.d === undefined ? {} : { timeout: s.d });
  const ending = yield* block(machine, frame, s.pre);
  if (ending !== undefined) return ending;
  for (const next of completed) {
    try {
      machine.log("asc", s.i, show(s.y === true ? yield next : yield* next));
    } catch (error) {
      machine.log("asc", s.i, showError(error));
      if (error instanceof CancelledError) throw error;
    }
  }
  return undefined;
}
