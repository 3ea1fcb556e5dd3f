// CPython 3.13: Lib/test/test_asyncio/test_tasks.py, BaseTaskTests: shield().
import { describe, expect } from "vitest";
import { CancelledError, type Coroutine, Future, RuntimeError, createTask, gather, shield } from "../../src/index.ts";
import { inside, newTestLoop, runBriefly, runUntilComplete } from "./helpers.ts";
import { adapted, ported } from "./port.ts";

function* answer(): Coroutine<number> {
  return 42;
}

describe("BaseTaskTests", () => {
  ported("test_shield_result", () => {
    const loop = newTestLoop();
    const inner = new Future<number>({ loop });
    const outer = shield(inner);
    inner.setResult(42);
    expect(runUntilComplete(loop, outer)).toBe(42);
  });

  ported("test_shield_exception", () => {
    const loop = newTestLoop();
    const inner = new Future<never>({ loop });
    const outer = shield(inner);
    runBriefly(loop);
    const error = new RuntimeError("expected");
    inner.setException(error);
    runBriefly(loop);
    expect(outer.exception()).toBe(error);
  });

  ported("test_shield_cancel_inner", () => {
    const loop = newTestLoop();
    const inner = new Future<void>({ loop });
    const outer = shield(inner);
    runBriefly(loop);
    inner.cancel();
    runBriefly(loop);
    expect(outer.cancelled()).toBe(true);
  });

  ported("test_shield_cancel_outer", () => {
    const loop = newTestLoop();
    const inner = new Future<void>({ loop });
    const outer = shield(inner);
    runBriefly(loop);
    outer.cancel();
    runBriefly(loop);
    expect(outer.cancelled()).toBe(true);
    // `_callbacks` is `waiters` here; the original looks at it.
    expect(outer.waiters === null).toBe(true);
  });

  ported("test_shield_shortcut", () => {
    const loop = newTestLoop();
    const future = new Future<number>({ loop });
    future.setResult(42);
    expect(runUntilComplete(loop, shield(future))).toBe(42);
  });

  ported("test_shield_effect", () => {
    const loop = newTestLoop();
    const waiter = new Future<void>({ loop });
    let proof = 0;
    function* inner(): Coroutine<void> {
      yield* waiter;
      proof += 1;
    }
    function* outer(): Coroutine<void> {
      yield* shield(inner());
      proof += 100;
    }
    const task = createTask(outer(), { loop });
    runBriefly(loop);
    task.cancel();
    expect(() => runUntilComplete(loop, task)).toThrow(CancelledError);
    waiter.setResult();
    runBriefly(loop);
    expect(proof).toBe(1);
  });

  ported("test_shield_gather", () => {
    const loop = newTestLoop();
    const first = new Future<number>({ loop });
    const second = new Future<number>({ loop });
    const parent = gather([first, second]);
    const outer = shield(parent);
    runBriefly(loop);
    outer.cancel();
    runBriefly(loop);
    expect(outer.cancelled()).toBe(true);
    first.setResult(1);
    second.setResult(2);
    runBriefly(loop);
    expect(parent.result()).toEqual([1, 2]);
  });

  ported("test_gather_shield", () => {
    const loop = newTestLoop();
    const first = new Future<number>({ loop });
    const second = new Future<number>({ loop });
    const shields = [shield(first), shield(second)] as const;
    const parent = gather(shields);
    runBriefly(loop);
    parent.cancel();
    runBriefly(loop);
    expect(parent.exception()).toBeInstanceOf(CancelledError);
    expect(shields.map((each) => each.cancelled())).toEqual([true, true]);
    // The shielded are not cancelled: they can still be given results.
    first.setResult(1);
    second.setResult(2);
    runBriefly(loop);
  });

  ported("test_shield_coroutine_without_loop", () => {
    const inner = answer();
    expect(() => shield(inner)).toThrow(RuntimeError);
    expect(() => shield(inner)).toThrow("No running event loop");
  });

  ported("test_shield_coroutine_use_running_loop", () => {
    const loop = newTestLoop();
    const outer = inside(loop, () => shield(answer()));
    expect(outer.getLoop() === loop).toBe(true);
    expect(runUntilComplete(loop, outer)).toBe(42);
  });

  adapted("test_shield_coroutine_use_global_loop", "there is no global loop: the task is given its loop", () => {
    const loop = newTestLoop();
    const outer = shield(createTask(answer(), { loop }));
    expect(outer.getLoop() === loop).toBe(true);
    expect(runUntilComplete(loop, outer)).toBe(42);
  });
});
