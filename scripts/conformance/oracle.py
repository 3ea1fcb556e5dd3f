"""The oracle: runs programs of the conformance language under CPython's own asyncio, and tells their traces.

One program a line on stdin, as JSON: {"program": ..., ...}. One answer a line on stdout: {"trace": ..., "out": ...}, or {"skip": why}
for a program that CPython itself cannot run (tasks that wait for each other in a ring: cancel() recurses without end there).
tests/cpython/vectors/README.md describes the language and the traces.

In reading order: the loop with its virtual clock; what is decided otherwise than in CPython (all of it, each with its reason, by
the numbers of the table in docs/conformance.md; 10 to 13 stand in the loop itself); the language (values, awaitables, statements); the drivers; the service.
"""

import sys

if sys.version_info < (3, 13):
    sys.exit(f"oracle.py needs Python 3.13 or newer, this is {sys.version.split()[0]}")

# The Python classes and the C ones have the same schedules; only the Python ones can be given an order where CPython has none.
sys.modules["_asyncio"] = None

import asyncio
import contextvars
import json
import math
import signal
import warnings
from asyncio import base_events, events, locks, queues, runners, taskgroups, tasks

warnings.simplefilter("ignore")
sys.unraisablehook = lambda _: None

MAXIMUM_STATEMENTS = 250
MAXIMUM_DEPTH = 6
WATCHDOG = 500
MAXIMUM_RESTARTS = 4
SECONDS_PER_PROGRAM = 10


# ---- the loop: virtual time --------------------------------------------------------------------------------------------------

# 13. In milliseconds. CPython's loop takes any unit, as long as its clock and its delays have the same.


# 11. A loop with nothing to do ends. CPython's waits for ever.


class Deadlock(BaseException):
    """An iteration would begin with nothing ready and nothing scheduled."""

    def __init__(self, names):
        self.names = names


class Clock:
    """In place of a selector: there is no I/O, so that waiting is a jump to the next deadline."""

    def __init__(self, loop):
        self.loop = loop

    def select(self, timeout):
        if timeout is None or timeout > 0:
            self.loop.now = self.loop._scheduled[0]._when
        return []


class Loop(base_events.BaseEventLoop):
    def __init__(self, start, eager):
        super().__init__()
        self.now = start
        self.iteration = 0
        self.eager = eager
        self.registry = {}  # tasks in order of creation, held strongly
        self.timers = 0
        self._selector = Clock(self)

    def time(self):
        return self.now

    @property
    def _clock_resolution(self):
        # 10. A timer is due when when() <= time(), exactly: CPython asks for when() < time() + resolution.
        return math.ulp(self.now)

    @_clock_resolution.setter
    def _clock_resolution(self, value):
        pass

    def _process_events(self, _):
        pass

    def _write_to_self(self):
        pass

    def next_deadline(self):
        if self._ready:
            return self.now
        while self._scheduled and self._scheduled[0]._cancelled:
            base_events.heapq.heappop(self._scheduled)._scheduled = False
        return self._scheduled[0]._when if self._scheduled else math.inf

    def _run_once(self):
        if not self._stopping and self.next_deadline() == math.inf:
            raise Deadlock(all_tasks(self))
        self.iteration += 1
        super()._run_once()

    def create_task(self, coro, *, name=None, context=None, eager_start=None):
        # 12. 3.14: eager_start for each task; and a task has its name from its first step on (gh-130033).
        self._check_closed()
        eager = self.eager if eager_start is None else eager_start
        return tasks.Task(coro, loop=self, name=name, context=context, eager_start=eager)


# ---- what is decided otherwise than in CPython 3.13.0 ------------------------------------------------------------------------

# 1. Equal deadlines run first in, first out. CPython's order is the heap's accident.


class TimerHandle(events.TimerHandle):
    def __init__(self, when, callback, args, loop, context=None):
        super().__init__(when, callback, args, loop, context)
        loop.timers += 1
        self.age = loop.timers

    def __lt__(self, other):
        return (self._when, self.age) < (other._when, other.age)


events.TimerHandle = TimerHandle

# 2. One wait is as long as it is. CPython's goes back to the loop after 86400 units of time, an iteration that does nothing.

base_events.MAXIMUM_SELECT_TIMEOUT = math.inf

# 3. Sets of tasks are in order of insertion, all_tasks() in order of creation. CPython's order is that of addresses.


class OrderedSet:
    def __init__(self, items=()):
        self.items = dict.fromkeys(items)

    def __iter__(self):
        return iter(self.items)

    def __len__(self):
        return len(self.items)

    def __contains__(self, item):
        return item in self.items

    def add(self, item):
        self.items[item] = None

    def discard(self, item):
        self.items.pop(item, None)

    def remove(self, item):
        del self.items[item]

    def clear(self):
        self.items.clear()


def all_tasks(loop):
    return [task for task in loop.registry if not task.done()]


tasks.set = taskgroups.set = OrderedSet


class AsCompleted(tasks._AsCompletedIterator):
    def __init__(self, aws, timeout):
        loop = events.get_running_loop()
        self._done = queues.Queue()
        self._timeout_handle = None
        self._todo = OrderedSet(tasks.ensure_future(aw, loop=loop) for aw in OrderedSet(aws))
        self._todo_left = len(self._todo)
        for future in self._todo:
            future.add_done_callback(self._handle_completion)
        if self._todo and timeout is not None:
            self._timeout_handle = loop.call_later(timeout, self._handle_timeout)


# 4. The loop holds its tasks strongly (a task that only itself knows of is not lost), in order of creation.
# 5. A task whose context is entered already cannot start eagerly: nothing of it is left then. (CPython registers the task.)
# 6. Tasks that wait for each other in a ring: CPython's cancel() recurses until the stack is full. Such programs are skipped.


class RegisteredTask(tasks.Task):
    def __init__(self, coro, *, loop, **options):
        loop.registry[self] = None
        self.cancel_is_running = False
        try:
            super().__init__(coro, loop=loop, **options)
        except BaseException:
            del loop.registry[self]
            coro.close()
            raise

    def cancel(self, msg=None):
        if self.cancel_is_running:
            self._loop.run.skip = "ring"
            return False
        self.cancel_is_running = True
        try:
            return super().cancel(msg)
        finally:
            self.cancel_is_running = False

    def __del__(self):
        pass


tasks.Task = RegisteredTask

# 7. Equals leave a PriorityQueue in the order in which they came. CPython's order is the heap's accident.


class PriorityQueue(queues.PriorityQueue):
    def _init(self, maxsize):
        super()._init(maxsize)
        self.puts = 0

    def _put(self, item):
        self.puts += 1
        super()._put((item, self.puts))

    def _get(self):
        return super()._get()[0]


# 8. TaskGroup. 3.13.2 (gh-128550): a child that ended eagerly is registered all the same, its callback runs in the next
#    iteration. 3.15 (gh-108951): cancel(), with its later corrections (gh-155418: a child that cancels the group in its eager
#    start, before it is in the group, is cancelled too; gh-155433: a cancellation from outside comes out, even one that came
#    while the group was waiting for the children that it had cancelled).


class Ending:
    """What a group waits for at its end: CPython's future, which remembers a cancellation that the group will swallow."""

    def __init__(self, group, future):
        self.group, self.future = group, future
        self.done, self.set_result = future.done, future.set_result

    def __await__(self):
        try:
            return (yield from self.future.__await__())
        except asyncio.CancelledError as error:
            if self.group.is_cancelled:
                self.group.swallowed = error
            raise


class TaskGroup(taskgroups.TaskGroup):
    def __init__(self):
        super().__init__()
        self.cancel_on_enter = False
        self.is_cancelled = False
        self.swallowed = None

    @property
    def _on_completed_fut(self):
        return self.ending

    @_on_completed_fut.setter
    def _on_completed_fut(self, future):
        self.ending = None if future is None else Ending(self, future)

    async def __aenter__(self):
        await super().__aenter__()
        if self.cancel_on_enter:
            self.cancel()
        return self

    async def __aexit__(self, kind, error, traceback):
        await super().__aexit__(kind, error, traceback)
        if self.swallowed is not None and self._parent_task.cancelling() > 0:
            raise self.swallowed
        # An error that is left would have been raised: there is none, or it was the group's own cancellation.
        return True

    def create_task(self, coro, *, name=None, context=None, eager_start=None):
        if not self._entered or (self._exiting and not self._tasks) or self._aborting:
            coro.close()
            raise RuntimeError("the group has not begun, is at its end, or is shutting down")
        task = self._loop.create_task(coro, name=name, context=context, eager_start=eager_start)
        self._tasks.add(task)
        task.add_done_callback(self._on_task_done)
        if self._aborting and not task.done():
            task.cancel()
        return task

    def cancel(self):
        if not self._entered:
            self.cancel_on_enter = True
            return
        if self._exiting and not self._tasks:
            return
        self.is_cancelled = True
        if not self._aborting:
            self._abort()
        if not self._parent_cancel_requested and not self._parent_task.done():
            self._parent_cancel_requested = True
            self._parent_task.cancel()


# 9. The end of a run: what is left is cancelled in order of creation and awaited. CPython's Runner goes on with the shutdown of
#    asynchronous generators and of threads, four more iterations in which nothing else is meant to happen.


class Runner:
    def __init__(self, loop):
        self.loop = loop
        self.context = contextvars.copy_context()

    def run(self, coro):
        return self.loop.run_until_complete(self.loop.create_task(coro, context=self.context))

    def close(self):
        left = all_tasks(self.loop)
        for task in left:
            task.cancel()
        if left:
            self.loop.run_until_complete(gather_in(self.loop, left))


def gather_in(loop, left):
    events._set_running_loop(loop)
    try:
        return tasks.gather(*left, return_exceptions=True)
    finally:
        events._set_running_loop(None)


# ---- the language: values -----------------------------------------------------------------------------------------------------


class UserError(Exception):
    def __init__(self, message, of_callback=False):
        super().__init__(message)
        self.message = message
        self.of_callback = of_callback


NAMED = (
    asyncio.InvalidStateError,
    TimeoutError,
    asyncio.QueueEmpty,
    asyncio.QueueFull,
    asyncio.QueueShutDown,
    asyncio.BrokenBarrierError,
)
NAMES = dict(
    zip(NAMED, ("InvalidStateError", "TimeoutError", "QueueEmpty", "QueueFull", "QueueShutDown", "BrokenBarrierError"))
)


def show_error(error):
    if isinstance(error, asyncio.CancelledError):
        return {"e": "CancelledError", "m": error.args[0] if error.args and error.args[0] is not None else ""}
    if isinstance(error, UserError):
        return {"e": "User", "m": error.message}
    if isinstance(error, BaseExceptionGroup):
        return {"e": "ExceptionGroup", "of": [show_error(one) for one in error.exceptions]}
    for kind in NAMED:
        if isinstance(error, kind):
            return {"e": NAMES[kind]}
    return {"e": "Error"}


def show(value):
    if value is None or isinstance(value, (bool, str, int)):
        return value
    if isinstance(value, float):
        return int(value) if value.is_integer() else value
    if isinstance(value, (list, tuple)):
        return [show(one) for one in value]
    if isinstance(value, BaseException):
        return show_error(value)
    raise TypeError(f"a value the trace cannot show: {value!r}")


class Return:
    def __init__(self, value):
        self.value = value


class Frame:
    """One call of a coroutine or of a callback: what it awaited last, what it caught last, how deep it is."""

    __slots__ = ("last", "caught", "depth", "is_callback")

    def __init__(self, depth, is_callback=False):
        self.last = None
        self.caught = None
        self.depth = depth
        self.is_callback = is_callback


class Absent(Exception):
    """A statement's slot holds no such thing."""


async def nothing():
    await asyncio.sleep(0)


@asyncio.tasks.types.coroutine
def bare():
    yield


async def bare_pass():
    await bare()


OBJECTS = {
    "Lock": lambda run, o: locks.Lock(),
    "Event": lambda run, o: locks.Event(),
    "Condition": lambda run, o: locks.Condition(run.slots[o["lock"]]) if "lock" in o else locks.Condition(),
    "Semaphore": lambda run, o: locks.Semaphore(o.get("n", 1)),
    "BoundedSemaphore": lambda run, o: locks.BoundedSemaphore(o.get("n", 1)),
    "Barrier": lambda run, o: locks.Barrier(o["n"]),
    "Queue": lambda run, o: queues.Queue(o.get("max", 0)),
    "LifoQueue": lambda run, o: queues.LifoQueue(o.get("max", 0)),
    "PriorityQueue": lambda run, o: PriorityQueue(o.get("max", 0)),
    "Future": lambda run, o: run.loop.create_future(),
    "ContextVar": lambda run, o: contextvars.ContextVar("v", default=o["default"])
    if "default" in o
    else contextvars.ContextVar("v"),
}

LOCKS = (locks.Lock, locks.Condition, locks.Semaphore)


class Run:
    """One run of a program: its loop, its slots, its trace."""

    def __init__(self, program):
        self.program = program
        self.loop = Loop(program.get("start", 0), program.get("eager", False))
        self.loop.run = self
        self.loop.set_exception_handler(self.handle_exception)
        self.trace = []
        self.frozen = False
        self.skip = None
        self.slots = {}
        self.integers = {}
        self.lets = {}
        self.statements = 0
        self.labels = {}
        self.functions = {}
        self.main = None
        self.begun = False
        self.watchdog = False

    # ---- the trace

    def log(self, what, *rest):
        if not self.frozen:
            task = tasks._current_tasks.get(self.loop)
            self.trace.append([self.loop.iteration, show(self.loop.now), self.label(task), what, *rest])

    def label(self, task):
        if task is None:
            return None
        name = task.get_name()
        if name.startswith("n:"):
            return name
        return self.labels.setdefault(task, f"~{len(self.labels) + 1}")

    def handle_exception(self, loop, context):
        error = context.get("exception")
        if isinstance(error, UserError) and error.of_callback:
            self.log("handler", None, show_error(error))

    # ---- slots

    def slot(self, name, kind):
        value = self.get(name)
        if not isinstance(value, kind):
            raise Absent
        return value

    def get(self, name):
        if name == "self":
            return tasks._current_tasks.get(self.loop)
        if name == "main":
            return self.main
        return self.slots.get(name)

    def put(self, name, value):
        if name is not None:
            self.slots[name] = value

    def callback(self, name):
        if name not in self.functions:

            def call(argument):
                self.log("cb", name, argument.cancelled() if isinstance(argument, asyncio.Future) else show(argument))
                frame = Frame(0, is_callback=True)
                for statement in self.program["cbs"][name]:
                    self.now(frame, statement)

            self.functions[name] = call
        return self.functions[name]

    # ---- coroutines

    def call(self, name, depth):
        return self.coroutine(name, Frame(depth))

    async def coroutine(self, name, frame):
        self.log("enter", name)
        try:
            result = await self.block(frame, self.program["cos"][name]["body"])
        except BaseException as error:
            self.log("exit", name, show_error(error))
            raise
        value = None if result is None else result.value
        self.log("exit", name, show(value))
        return value

    async def main_coroutine(self, name):
        self.main = asyncio.current_task()
        self.main.set_name("n:" + name)
        if not self.begun:
            self.begun = True
            for slot, description in self.program["objs"].items():
                self.slots[slot] = OBJECTS[description["k"]](self, description)
        return await self.call(name, 1)

    # ---- awaitables

    def build(self, frame, aw):
        return getattr(self, "aw_" + aw["k"])(frame, aw)

    def build_all(self, frame, aws):
        return [self.build(frame, aw) for aw in aws]

    def aw_co(self, frame, aw):
        return self.call(aw["c"], frame.depth + 1) if frame.depth < MAXIMUM_DEPTH else nothing()

    def aw_sleep(self, frame, aw):
        return asyncio.sleep(aw["d"], aw.get("v"))

    def aw_pass(self, frame, aw):
        return bare_pass()

    def aw_t(self, frame, aw):
        future = self.get(aw["t"])
        current = tasks._current_tasks.get(self.loop)
        return future if isinstance(future, asyncio.Future) and future is not current else nothing()

    def aw_self(self, frame, aw):
        return tasks._current_tasks.get(self.loop) or nothing()

    def aw_let(self, frame, aw):
        return self.lets.pop(aw["x"], None) or nothing()

    def aw_gather(self, frame, aw):
        return asyncio.gather(*self.build_all(frame, aw["aws"]), return_exceptions=aw.get("re", False))

    def aw_wait(self, frame, aw):
        futures = {index: self.get(name) for index, name in enumerate(aw["ts"])}
        return self.wait({i: future for i, future in futures.items() if isinstance(future, asyncio.Future)}, aw)

    async def wait(self, futures, aw):
        mode = aw.get("rw", "ALL_COMPLETED")
        done, pending = await asyncio.wait(list(futures.values()), timeout=aw.get("d"), return_when=mode)
        return [[i for i, future in futures.items() if future in side] for side in (done, pending)]

    def aw_wf(self, frame, aw):
        return asyncio.wait_for(self.build(frame, aw["aw"]), aw["d"])

    def aw_shield(self, frame, aw):
        return asyncio.shield(self.build(frame, aw["aw"]))

    def of(self, name, kind, method, *arguments):
        thing = self.get(name)
        return getattr(thing, method)(*arguments) if isinstance(thing, kind) else nothing()

    def aw_acquire(self, frame, aw):
        return self.of(aw["o"], LOCKS, "acquire")

    def aw_get(self, frame, aw):
        return self.of(aw["o"], queues.Queue, "get")

    def aw_put(self, frame, aw):
        return self.of(aw["o"], queues.Queue, "put", aw["v"])

    def aw_join(self, frame, aw):
        return self.of(aw["o"], queues.Queue, "join")

    def aw_ev(self, frame, aw):
        return self.of(aw["o"], locks.Event, "wait")

    def aw_cwait(self, frame, aw):
        return self.of(aw["o"], locks.Condition, "wait")

    def aw_cwf(self, frame, aw):
        return self.of(aw["o"], locks.Condition, "wait_for", lambda: self.integers.get(aw["x"], 0) >= aw["n"])

    def aw_bar(self, frame, aw):
        return self.of(aw["o"], locks.Barrier, "wait")

    def aw_breset(self, frame, aw):
        return self.of(aw["o"], locks.Barrier, "reset")

    def aw_babort(self, frame, aw):
        return self.of(aw["o"], locks.Barrier, "abort")

    # ---- statements that do not suspend

    def affordable(self):
        self.statements += 1
        return self.statements <= MAXIMUM_STATEMENTS

    def now(self, frame, s):
        if not self.affordable():
            return
        op = s["op"]
        if op == "raise":
            self.raise_error(frame, s)
        what = f"{op}:{s['w']}" if "w" in s else f"{op}:{s['how']}" if "how" in s else op
        try:
            result = show(getattr(self, "do_" + op)(frame, s))
        except Absent:
            result = "none"
        except BaseException as error:
            result = show_error(error)
        self.log(what, s["i"], result)

    def raise_error(self, frame, s):
        self.log("raise", s["i"])
        message = ("cb:" if frame.is_callback else "") + s["m"]
        raise asyncio.CancelledError(message) if s.get("cancel") else UserError(message, frame.is_callback)

    def do_log(self, frame, s):
        return frame.last

    def do_spawn(self, frame, s):
        group = self.slot(s["g"], TaskGroup) if "g" in s else None
        context = self.slot(s["ctx"], contextvars.Context) if "ctx" in s else None
        eager = s.get("eager")
        counts_on = (self.loop.eager if eager is None else eager) and self.loop.is_running()
        depth = frame.depth + 1 if counts_on else 1
        if depth > MAXIMUM_DEPTH:
            raise Absent
        create = group.create_task if group is not None else self.loop.create_task
        task = create(self.call(s["c"], depth), name=s.get("n"), context=context, eager_start=eager)
        self.put(s.get("to"), task)
        return task.done()

    def do_ensure(self, frame, s):
        future = asyncio.ensure_future(self.build(frame, s["aw"]))
        self.put(s["to"], future)
        return future.done()

    def do_let(self, frame, s):
        self.lets[s["to"]] = self.build(frame, s["aw"])

    def do_cancel(self, frame, s):
        future = self.slot(s["t"], asyncio.Future)
        return future.cancel(s["m"]) if "m" in s else future.cancel()

    def do_uncancel(self, frame, s):
        return self.slot(s["t"], asyncio.Task).uncancel()

    def do_cancelling(self, frame, s):
        return self.slot(s["t"], asyncio.Task).cancelling()

    def do_obs(self, frame, s):
        return getattr(self.slot(s["t"], asyncio.Future), s["w"])()

    def do_setname(self, frame, s):
        self.slot(s["t"], asyncio.Task).set_name(s["n"])

    def do_addcb(self, frame, s):
        self.slot(s["t"], asyncio.Future).add_done_callback(self.callback(s["k"]))

    def do_rmcb(self, frame, s):
        return self.slot(s["t"], asyncio.Future).remove_done_callback(self.callback(s["k"]))

    def do_alltasks(self, frame, s):
        return sorted([self.label(task) for task in all_tasks(self.loop)])

    def do_call(self, frame, s):
        callback, how = self.callback(s["k"]), s["how"]
        if how == "soon":
            handle = self.loop.call_soon(callback, s["a"])
        elif how == "threadsafe":
            handle = self.loop.call_soon_threadsafe(callback, s["a"])
        elif how == "later":
            handle = self.loop.call_later(s.get("d", 0), callback, s["a"])
        else:
            handle = self.loop.call_at(self.loop.time() + s.get("d", 0), callback, s["a"])
        self.put(s.get("to"), handle)

    def do_handle(self, frame, s):
        kind = events.TimerHandle if s["w"] == "when" else events.Handle
        return getattr(self.slot(s["h"], kind), s["w"])()

    def do_fset(self, frame, s):
        self.slot(s["f"], asyncio.Future).set_result(s["v"])

    def do_fexc(self, frame, s):
        self.slot(s["f"], asyncio.Future).set_exception(UserError(s["m"]))

    def do_evset(self, frame, s):
        self.slot(s["o"], locks.Event).set()

    def do_evclear(self, frame, s):
        self.slot(s["o"], locks.Event).clear()

    def do_evisset(self, frame, s):
        return self.slot(s["o"], locks.Event).is_set()

    def do_release(self, frame, s):
        self.slot(s["o"], LOCKS).release()

    def do_locked(self, frame, s):
        return self.slot(s["o"], LOCKS).locked()

    def do_notify(self, frame, s):
        self.slot(s["o"], locks.Condition).notify(s["n"])

    def do_notifyall(self, frame, s):
        self.slot(s["o"], locks.Condition).notify_all()

    def do_putnow(self, frame, s):
        self.slot(s["o"], queues.Queue).put_nowait(s["v"])

    def do_getnow(self, frame, s):
        return self.slot(s["o"], queues.Queue).get_nowait()

    def do_taskdone(self, frame, s):
        self.slot(s["o"], queues.Queue).task_done()

    def do_shutdown(self, frame, s):
        self.slot(s["o"], queues.Queue).shutdown(s["now"])

    def do_binfo(self, frame, s):
        barrier = self.slot(s["o"], locks.Barrier)
        return [barrier.parties, barrier.n_waiting, barrier.broken]

    def do_qinfo(self, frame, s):
        queue = self.slot(s["o"], queues.Queue)
        return [queue.qsize(), queue.empty(), queue.full()]

    def do_tminfo(self, frame, s):
        timeout = self.slot(s["t"], asyncio.Timeout)
        return [timeout.expired(), timeout.when()]

    def do_cvset(self, frame, s):
        token = self.slot(s["v"], contextvars.ContextVar).set(s["x"])
        self.put(s.get("to"), token)
        return None if token.old_value is contextvars.Token.MISSING else token.old_value

    def do_cvget(self, frame, s):
        variable = self.slot(s["v"], contextvars.ContextVar)
        return variable.get(s["d"]) if "d" in s else variable.get()

    def do_cvreset(self, frame, s):
        token = self.slot(s["t"], contextvars.Token)
        token.var.reset(token)

    def do_ctxcopy(self, frame, s):
        self.put(s["to"], contextvars.copy_context())

    def do_ctxrun(self, frame, s):
        def run():
            for statement in s["body"]:
                self.now(frame, statement)

        self.slot(s["x"], contextvars.Context).run(run)

    def do_ctxget(self, frame, s):
        return self.slot(s["x"], contextvars.Context).get(self.slot(s["v"], contextvars.ContextVar))

    def do_inc(self, frame, s):
        self.integers[s["x"]] = self.integers.get(s["x"], 0) + s["d"]
        return self.integers[s["x"]]

    def do_resched(self, frame, s):
        when = None if s["d"] is None else self.loop.time() + s["d"]
        self.slot(s["t"], asyncio.Timeout).reschedule(when)

    def do_split(self, frame, s):
        if not isinstance(frame.caught, BaseExceptionGroup):
            raise Absent
        match = lambda error: isinstance(error, UserError) and error.message <= s["m"]
        return list(frame.caught.split(match))

    def do_stop(self, frame, s):
        self.loop.stop()

    def do_gcancel(self, frame, s):
        self.slot(s["g"], TaskGroup).cancel()

    # ---- statements that may suspend

    async def block(self, frame, statements):
        for statement in statements:
            suspending = SUSPENDING.get(statement["op"])
            if suspending is None:
                self.now(frame, statement)
            elif self.affordable():
                result = await suspending(self, frame, statement)
                if result is not None:
                    return result
        return None

    async def do_await(self, frame, s):
        what = "await:" + s["aw"]["k"]
        try:
            value = await self.build(frame, s["aw"])
        except BaseException as error:
            self.log(what, s["i"], show_error(error))
            raise
        frame.last = value
        self.log(what, s["i"], show(value))

    async def do_return(self, frame, s):
        return Return(frame.last if s.get("last") else s.get("v"))

    async def do_try(self, frame, s):
        if "fin" not in s:
            return await self.guarded(frame, s)
        try:
            return await self.guarded(frame, s)
        finally:
            self.log("finally", s["i"])
            await self.block(frame, s["fin"])
            self.log("finally.", s["i"])

    async def guarded(self, frame, s):
        try:
            return await self.block(frame, s["body"])
        except BaseException as error:
            handler = next((one for one in s["on"] if fits(one["k"], error)), None)
            if handler is None:
                raise
            frame.caught = error
            self.log("caught", s["i"], show_error(error))
            result = await self.block(frame, handler["body"])
            if result is None and handler.get("re"):
                self.log("reraise", s["i"])
                raise
            return result

    async def do_repeat(self, frame, s):
        for _ in range(s["n"]):
            if self.statements >= MAXIMUM_STATEMENTS:
                return None
            result = await self.block(frame, s["body"])
            if result is not None:
                return result

    async def using(self, frame, s, label, manager, info=lambda: None):
        try:
            result = None
            async with manager as value:
                number = isinstance(value, (int, float)) and not isinstance(value, bool)
                self.log(label + ".enter", s["i"], value if number else None)
                result = await self.block(frame, s["body"])
                self.log(label + ".body", s["i"])
        except BaseException as error:
            self.log(label, s["i"], show_error(error), show(info()))
            raise
        self.log(label, s["i"], None, show(info()))
        return result

    async def do_with(self, frame, s):
        manager = self.get(s["o"])
        if not isinstance(manager, (*LOCKS, locks.Barrier)):
            self.log("with", s["i"], "none")
            return None
        return await self.using(frame, s, "with:" + type(manager).__name__, manager)

    async def do_group(self, frame, s):
        group = TaskGroup()
        self.put(s["to"], group)
        return await self.using(frame, s, "group", group)

    async def do_timeout(self, frame, s):
        at = s.get("at") and s["d"] is not None
        timeout = asyncio.timeout_at(self.loop.time() + s["d"]) if at else asyncio.timeout(s["d"])
        self.put(s["to"], timeout)
        return await self.using(frame, s, "timeout", timeout, lambda: [timeout.expired(), timeout.when()])

    async def do_custom(self, frame, s):
        return await self.using(frame, s, "custom", Custom(self, frame, s))

    async def do_asc(self, frame, s):
        iterator = AsCompleted(self.build_all(frame, s["aws"]), s.get("d"))
        result = await self.block(frame, s["pre"])
        if result is not None:
            return result
        for one in iterator:
            try:
                self.log("asc", s["i"], show(await one))
            except asyncio.CancelledError as error:
                self.log("asc", s["i"], show_error(error))
                raise
            except Exception as error:
                self.log("asc", s["i"], show_error(error))


SUSPENDING = {
    op: getattr(Run, "do_" + op)
    for op in ("await", "return", "try", "repeat", "with", "group", "timeout", "custom", "asc")
}


def fits(kind, error):
    if kind == "any":
        return True
    if kind == "timeout":
        return isinstance(error, TimeoutError)
    if kind == "group":
        return isinstance(error, BaseExceptionGroup)
    return isinstance(error, asyncio.CancelledError) == (kind == "cancel")


class Custom:
    def __init__(self, run, frame, s):
        self.run, self.frame, self.s = run, frame, s

    async def __aenter__(self):
        await self.run.block(self.frame, self.s["enter"])

    async def __aexit__(self, kind, error, traceback):
        self.run.log("custom.exit", self.s["i"], None if error is None else show_error(error))
        await self.run.block(self.frame, self.s["exit"])
        return bool(self.s.get("swallow"))


# ---- the drivers --------------------------------------------------------------------------------------------------------------


def outcome(run, work):
    try:
        return {"ok": show(work())}
    except Deadlock as error:
        return {"deadlock": sorted([run.label(task) for task in error.names])}
    except BaseException as error:
        return {"err": show_error(error)}


def drive_runner(run):
    runner = Runner(run.loop)
    out = [outcome(run, lambda: runner.run(run.main_coroutine(name))) for name in run.program["mains"]]
    run.frozen = "deadlock" in out[-1]
    closing = outcome(run, runner.close)
    if not run.frozen and closing != {"ok": None}:
        out.append({"closing": closing})
    return out


def drive_host(run):
    loop, over = run.loop, []
    task = tasks.Task(run.main_coroutine(run.program["mains"][0]), loop=loop)
    task.add_done_callback(over.append)
    loop._run_forever_setup()
    try:
        while not over:
            due = loop.next_deadline()
            if due == math.inf:
                return [{"deadlock": sorted([run.label(one) for one in all_tasks(loop)])}]
            loop.now = max(loop.now, due)
            loop._run_once()
    finally:
        loop._run_forever_cleanup()
    return [outcome(run, task.result)]


def drive_forever(run):
    loop = run.loop
    task = tasks.Task(run.main_coroutine(run.program["mains"][0]), loop=loop)
    task.add_done_callback(lambda _: loop.stop())

    def bark():
        run.watchdog = True
        loop.stop()

    loop.call_at(loop.now + WATCHDOG, bark)
    for _ in range(1 + MAXIMUM_RESTARTS):
        loop.run_forever()
        if task.done() or run.watchdog:
            break
        run.log("stopped", None)
    return [outcome(run, task.result) if task.done() else {"stopped": run.watchdog}]


DRIVERS = {"run": drive_runner, "runner": drive_runner, "host": drive_host, "forever": drive_forever}


def answer(program):
    run = Run(program)
    try:
        out = DRIVERS[program["driver"]](run)
    finally:
        run.frozen = True
        run.statements = MAXIMUM_STATEMENTS
    if run.skip is not None:
        return {"skip": run.skip}
    return {"trace": run.trace, "out": out}


# ---- the service --------------------------------------------------------------------------------------------------------------


class Hang(KeyboardInterrupt):
    """Of the exceptions that asyncio lets through, since all others would be a callback's own."""


def hang(*_):
    raise Hang


def main():
    if hasattr(signal, "SIGALRM"):
        signal.signal(signal.SIGALRM, hang)
    print(json.dumps({"python": sys.version.split()[0]}), flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if hasattr(signal, "SIGALRM"):
                signal.alarm(SECONDS_PER_PROGRAM)
            reply = contextvars.Context().run(answer, request["program"])
        except BaseException as error:
            reply = {"failed": f"{type(error).__name__}: {error}"}
            events._set_running_loop(None)
        finally:
            if hasattr(signal, "SIGALRM"):
                signal.alarm(0)
        reply["id"] = request.get("id")
        sys.stdout.write(json.dumps(reply, separators=(",", ":")) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
