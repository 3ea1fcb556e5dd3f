// The public names, in reading order.

// coroutines
export type { Awaitable, Awaited, Coroutine, Suspension } from "./future/awaitable.ts";
export { coroutine } from "./task/coroutine.ts";

// running
export { run, type AbortSignalLike, type HostRunOptions } from "./task/run.ts";
export { Runner, runSync, type Main, type RunOptions } from "./task/runner.ts";

// the loop
export { MonotonicClock, VirtualClock, type Clock } from "./loop/clock.ts";
export type { ReadyView, Scheduler } from "./loop/scheduler.ts";
export type { Instrument } from "./loop/instrument.ts";
export { Handle, TimerHandle } from "./loop/handle.ts";
export { EventLoop, getRunningLoop, type LoopOptions } from "./loop/event-loop.ts";
export type { ExceptionContext } from "./loop/exception-handler.ts";

// futures and tasks
export { Future } from "./future/future.ts";
export { Task, type TaskOptions } from "./task/task.ts";
export { createTask, eagerTaskFactory, ensureFuture, type TaskFactory } from "./task/create-task.ts";
export type { Frame } from "./task/stack.ts";
export { allTasks, currentTask } from "./task/current-task.ts";
export { sleep } from "./task/sleep.ts";
export { gather } from "./task/gather.ts";
export { wait, waitFor, type ReturnWhen } from "./task/wait.ts";
export { asCompleted } from "./task/as-completed.ts";
export { shield } from "./task/shield.ts";
export { using, type ContextManager, type SwallowingContextManager } from "./task/using.ts";
export { Timeout, timeout, timeoutAt } from "./task/timeout.ts";
export { TaskGroup } from "./task/task-group.ts";
export { toThread } from "./task/to-thread.ts";

// context variables
export { Context, ContextVar, Token, copyContext } from "./loop/context.ts";

// synchronization
export { Lock } from "./sync/lock.ts";
export { Event } from "./sync/event.ts";
export { Condition } from "./sync/condition.ts";
export { BoundedSemaphore, Semaphore } from "./sync/semaphore.ts";
export { Barrier } from "./sync/barrier.ts";
export { Queue } from "./sync/queue.ts";
export { LifoQueue, PriorityQueue } from "./sync/queues.ts";

// errors
export { CancelledError, InvalidStateError, TimeoutError, isCancelled } from "./future/errors.ts";
export { BrokenBarrierError, QueueEmpty, QueueFull, QueueShutDown } from "./sync/errors.ts";
export { ExceptionGroup } from "./task/exception-group.ts";
export { DeadlockError } from "./task/deadlock.ts";
export { LoopClosedError, RuntimeError, ValueError } from "./loop/errors.ts";

// the host's edge
export { fromPromise, toPromise } from "./task/promise.ts";
export { fromCallback } from "./task/from-callback.ts";
export { fromEvent, type EmitterLike, type EventTargetLike } from "./task/from-event.ts";
export { fromAsyncIterable, toAsyncIterable, type Steps } from "./task/async-iterable.ts";
export { abortSignal } from "./task/abort.ts";
