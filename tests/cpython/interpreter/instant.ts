import {
  allTasks,
  Barrier,
  CancelledError,
  Condition,
  Context,
  ContextVar,
  copyContext,
  createTask,
  ensureFuture,
  Event,
  ExceptionGroup,
  Future,
  Handle,
  Queue,
  Task,
  TaskGroup,
  Timeout,
  TimerHandle,
  Token,
} from "../../../src/index.ts";
import type { TaskOptions } from "../../../src/index.ts";
import { build, isLock } from "./awaitables.ts";
import type { InstantStatement, StatementOf } from "./language.ts";
import { MAXIMUM_DEPTH } from "./machine.ts";
import type { Frame, Machine } from "./machine.ts";
import { show, showError, UserError } from "./values.ts";

/** A statement's slot holds no such thing. */
const ABSENT = "none";

/** Executes a statement that does not suspend, and logs its result or its error. Only `raise` throws. */
export function executeInstant(machine: Machine, frame: Frame, statement: InstantStatement): void {
  if (statement.op === "raise") raise(machine, frame, statement);
  const what =
    "w" in statement ? `${statement.op}:${statement.w}` : "how" in statement ? `call:${statement.how}` : statement.op;
  machine.log(what, statement.i, attempt(machine, frame, statement));
}

function attempt(machine: Machine, frame: Frame, statement: Quiet): unknown {
  try {
    return show(evaluate(machine, frame, statement));
  } catch (error) {
    return showError(error);
  }
}

type Quiet = Exclude<InstantStatement, { readonly op: "raise" }>;

function raise(machine: Machine, frame: Frame, statement: StatementOf<"raise">): never {
  machine.log("raise", statement.i);
  const message = frame.isCallback ? `cb:${statement.m}` : statement.m;
  throw statement.cancel === true ? new CancelledError(message) : new UserError(message, frame.isCallback);
}

function evaluate(machine: Machine, frame: Frame, s: Quiet): unknown {
  if ("o" in s) return ofObject(machine.get(s.o), s);
  switch (s.op) {
    case "log":
      return frame.last;
    case "inc": {
      const sum = (machine.integers.get(s.x) ?? 0) + s.d;
      machine.integers.set(s.x, sum);
      return sum;
    }
    case "split":
      if (!(frame.caught instanceof ExceptionGroup)) return ABSENT;
      return frame.caught.split((error) => error instanceof UserError && error.message <= s.m);
    case "stop":
      return machine.loop.stop();
    case "alltasks":
      return machine.labels(allTasks());
    case "spawn":
      return spawn(machine, frame, s);
    case "ensure": {
      const future = ensureFuture(build(machine, frame, s.aw));
      machine.put(s.to, future);
      return future.done();
    }
    case "let":
      machine.lets.set(s.to, build(machine, frame, s.aw));
      return null;
    case "call":
      machine.put(s.to, schedule(machine, s));
      return null;
    case "handle":
      return handle(machine.get(s.h), s.w);
    case "gcancel":
      return on(machine.get(s.g), TaskGroup, (group) => group.cancel());
    case "tminfo":
      return on(machine.get(s.t), Timeout, (timeout) => [timeout.expired(), timeout.when()]);
    case "resched":
      return on(machine.get(s.t), Timeout, (timeout) =>
        timeout.reschedule(s.d === null ? null : machine.loop.time() + s.d),
      );
    case "fset":
      return on(machine.get(s.f), Future, (future) => future.setResult(s.v));
    case "fexc":
      return on(machine.get(s.f), Future, (future) => future.setException(new UserError(s.m)));
    case "cancel":
    case "obs":
    case "addcb":
    case "rmcb":
      return on<Future<unknown>>(machine.get(s.t), Future, (future) => ofFuture(machine, future, s));
    case "uncancel":
      return on(machine.get(s.t), Task, (task) => task.uncancel());
    case "cancelling":
      return on(machine.get(s.t), Task, (task) => task.cancelling());
    case "setname":
      return on(machine.get(s.t), Task, (task) => {
        task.name = s.n;
      });
    case "cvset":
    case "cvget":
    case "cvreset":
    case "ctxcopy":
    case "ctxrun":
    case "ctxget":
      return ofContext(machine, frame, s);
  }
}

/** `then` of an object, if it is of this class. */
function on<T>(object: unknown, type: abstract new (...args: never[]) => T, then: (object: T) => unknown): unknown {
  return object instanceof type ? then(object) : ABSENT;
}

function spawn(machine: Machine, frame: Frame, s: StatementOf<"spawn">): unknown {
  const group = s.g === undefined ? null : machine.get(s.g);
  const context = s.ctx === undefined ? null : machine.get(s.ctx);
  if (group !== null && !(group instanceof TaskGroup)) return ABSENT;
  if (context !== null && !(context instanceof Context)) return ABSENT;
  const depth = (s.eager ?? machine.program.eager ?? false) ? frame.depth + 1 : 1;
  if (depth > MAXIMUM_DEPTH) return ABSENT;
  const options: TaskOptions = {
    ...(s.n === undefined ? {} : { name: s.n }),
    ...(context === null ? {} : { context }),
    ...(s.eager === undefined ? {} : { eagerStart: s.eager }),
  };
  const coroutine = machine.call(s.c, depth);
  const task = group === null ? createTask(coroutine, options) : group.createTask(coroutine, options);
  machine.put(s.to, task);
  return task.done();
}

function schedule(machine: Machine, s: StatementOf<"call">): Handle {
  const { loop } = machine;
  const callback = machine.callback(s.k);
  switch (s.how) {
    case "soon":
      return loop.callSoon(callback, s.a);
    case "threadsafe":
      return loop.callSoonThreadsafe(callback, s.a);
    case "later":
      return loop.callLater(s.d ?? 0, callback, s.a);
    case "at":
      return loop.callAt(loop.time() + (s.d ?? 0), callback, s.a);
  }
}

function handle(object: unknown, what: StatementOf<"handle">["w"]): unknown {
  if (what === "when") return on(object, TimerHandle, (timer) => timer.when());
  return on(object, Handle, (one) => one[what]());
}

type OfFuture = StatementOf<"cancel" | "obs" | "addcb" | "rmcb">;

function ofFuture(machine: Machine, future: Future<unknown>, s: OfFuture): unknown {
  switch (s.op) {
    case "cancel":
      return s.m === undefined ? future.cancel() : future.cancel(s.m);
    case "obs":
      return future[s.w]();
    case "addcb":
      return future.addDoneCallback(machine.callback(s.k));
    case "rmcb":
      return future.removeDoneCallback(machine.callback(s.k));
  }
}

type OfContext = StatementOf<"cvset" | "cvget" | "cvreset" | "ctxcopy" | "ctxrun" | "ctxget">;

function ofContext(machine: Machine, frame: Frame, s: OfContext): unknown {
  switch (s.op) {
    case "cvset":
      return on<ContextVar<unknown>>(machine.get(s.v), ContextVar, (variable) => {
        const token = variable.set(s.x);
        machine.put(s.to, token);
        return token.oldValue;
      });
    case "cvget":
      return on<ContextVar<unknown>>(machine.get(s.v), ContextVar, (variable) =>
        s.d === undefined ? variable.get() : variable.get(s.d),
      );
    case "cvreset":
      return on<Token<unknown>>(machine.get(s.t), Token, (token) => token.var.reset(token));
    case "ctxcopy":
      machine.put(s.to, copyContext());
      return null;
    case "ctxrun":
      return on(machine.get(s.x), Context, (context) =>
        context.run(() => {
          for (const statement of s.body) machine.instant(frame, statement);
        }),
      );
    case "ctxget": {
      const variable = machine.get(s.v);
      return on(machine.get(s.x), Context, (context) =>
        variable instanceof ContextVar ? context.get(variable) : ABSENT,
      );
    }
  }
}

type OfObject = Extract<Quiet, { readonly o: string }>;

function ofObject(object: unknown, s: OfObject): unknown {
  switch (s.op) {
    case "evset":
      return on(object, Event, (event) => event.set());
    case "evclear":
      return on(object, Event, (event) => event.clear());
    case "evisset":
      return on(object, Event, (event) => event.isSet());
    case "release":
      return isLock(object) ? object.release() : ABSENT;
    case "locked":
      return isLock(object) ? object.locked() : ABSENT;
    case "notify":
      return on(object, Condition, (condition) => condition.notify(s.n));
    case "notifyall":
      return on(object, Condition, (condition) => condition.notifyAll());
    case "putnow":
      return on<Queue<unknown>>(object, Queue, (queue) => queue.putNowait(s.v));
    case "getnow":
      return on<Queue<unknown>>(object, Queue, (queue) => queue.getNowait());
    case "taskdone":
      return on<Queue<unknown>>(object, Queue, (queue) => queue.taskDone());
    case "shutdown":
      return on<Queue<unknown>>(object, Queue, (queue) => queue.shutdown(s.now));
    case "binfo":
      return on(object, Barrier, (barrier) => [barrier.parties, barrier.nWaiting, barrier.broken]);
    case "qinfo":
      return on<Queue<unknown>>(object, Queue, (queue) => [queue.qsize(), queue.empty(), queue.full()]);
  }
}
