// What the simulator asks of the loop, beyond what is public.
import {
  type Coroutine,
  EventLoop,
  type Scheduler,
  TaskGroup,
  VirtualClock,
  createTask,
  gather,
  runSync,
  using,
  wait,
} from "escapement";
import { describe, expect, it } from "vitest";

/** Whether each callback that is ready but no task's step would only count, whenever a scheduler is asked. */
function idleCallbacks(main: (children: (() => Coroutine<void>)[]) => Coroutine<unknown>): boolean[] {
  const seen = new Map<object, boolean>();
  const scheduler: Scheduler = {
    pick(ready) {
      for (let i = 0; i < ready.size; i += 1) {
        const entry = ready.entry!(i)!;
        if (entry.stepOf === undefined) seen.set(entry, (entry as { idle?: boolean }).idle === true);
      }
      return 0;
    },
  };
  function* child(passes: number): Coroutine<void> {
    for (let i = 0; i < passes; i += 1) yield;
  }
  function* ticker(): Coroutine<void> {
    for (;;) yield;
  }
  runSync(
    function* () {
      const beside = createTask(ticker());
      yield* main([1, 2, 3].map((passes) => () => child(passes)));
      beside.cancel();
    },
    { scheduler },
  );
  // The last is the runner's own, which stops the loop.
  return [...seen.values()].slice(0, 3);
}

describe("a callback that only counts", () => {
  it("is said to be idle by gather, until the last child", () => {
    expect(idleCallbacks((children) => gather(children.map((child) => child())) as never)).toEqual([true, true, false]);
  });

  it("is said to be idle by wait, unless the first is waited for", () => {
    const tasks = (children: (() => Coroutine<void>)[]) => children.map((child) => createTask(child()));
    expect(idleCallbacks((children) => wait(tasks(children)))).toEqual([true, true, false]);
    expect(idleCallbacks((children) => wait(tasks(children), { returnWhen: "FIRST_COMPLETED" }))[0]).toBe(false);
  });

  it("is said to be idle by a TaskGroup, until the last child", () => {
    const idle = idleCallbacks((children) =>
      using(new TaskGroup(), function* (group) {
        for (const child of children) group.createTask(child());
      }),
    );
    expect(idle).toEqual([true, true, false]);
  });

  it("is no callback of the user's", () => {
    const loop = new EventLoop();
    expect(loop.callSoon(() => {}).idle).toBe(false);
  });
});

describe("EventLoop.reset", () => {
  it("drops what is ready and scheduled, and counts iterations anew", () => {
    const loop = new EventLoop({ clock: new VirtualClock() });
    const ran: string[] = [];
    loop.callSoon(() => ran.push("first"));
    loop.runOnce();
    loop.callSoon(() => ran.push("dropped"));
    loop.callLater(10, () => ran.push("dropped, too"));
    loop.reset();
    expect([loop.iteration, loop.hasReady, loop.nextDeadline()]).toEqual([0, false, Infinity]);
    loop.callSoon(() => ran.push("second"));
    expect(loop.runOnce()).toBe(false);
    expect(ran).toEqual(["first", "second"]);
  });

  it("is refused inside the loop", () => {
    const loop = new EventLoop();
    const errors: unknown[] = [];
    loop.setExceptionHandler((_loop, context) => void errors.push(context.exception));
    loop.callSoon(() => loop.reset());
    loop.runOnce();
    expect(errors).toEqual([expect.objectContaining({ message: expect.stringContaining("reset") as string })]);
  });
});
