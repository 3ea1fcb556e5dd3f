import { Context, ContextVar, RuntimeError, ValueError, copyContext, createTask, runSync, sleep } from "escapement";
import { describe, expect, it } from "vitest";

describe("ContextVar", () => {
  it("gives what is bound, then the fallback, then the default", () => {
    const set = new ContextVar("set", { default: "default" });
    const trace = [set.get(), set.get("fallback")];
    new Context().run(() => {
      set.set("bound");
      trace.push(set.get(), set.get("fallback"));
    });
    expect([...trace, set.get()]).toEqual(["default", "fallback", "bound", "bound", "default"]);
  });

  it("is an error to read where it is not set and has no default", () => {
    const variable = new ContextVar<number>("depth");
    expect(() => variable.get()).toThrow(
      new RuntimeError('ContextVar "depth" is not set in this context and has no default.'),
    );
    expect(variable.get(7)).toBe(7);
  });

  it("has undefined as a default when undefined is given", () => {
    expect(new ContextVar<undefined>("nothing", { default: undefined }).get()).toBe(undefined);
  });

  it("is its own in each task: a task starts with its creator's and changes its copy", () => {
    const user = new ContextVar("user", { default: "nobody" });
    const trace: string[] = [];
    runSync(function* () {
      user.set("main");
      const child = createTask(
        (function* () {
          trace.push(`child begins as ${user.get()}`);
          user.set("child");
          yield* sleep(2);
          trace.push(`child ends as ${user.get()}`);
        })(),
      );
      user.set("main, later");
      yield* sleep(1);
      trace.push(`main is ${user.get()}`);
      yield* child;
      trace.push(`main is ${user.get()}`);
    });
    expect([...trace, user.get()]).toEqual([
      "child begins as main",
      "main is main, later",
      "child ends as child",
      "main is main, later",
      "nobody",
    ]);
  });
});

describe("Token", () => {
  it("undoes a set, once, in the order of nesting or any other", () => {
    new Context().run(() => {
      const variable = new ContextVar("v", { default: 0 });
      const first = variable.set(1);
      const second = variable.set(2);
      expect([first.oldValue, second.oldValue, first.var === variable]).toEqual([undefined, 1, true]);
      variable.reset(first);
      expect(variable.get()).toBe(0);
      variable.reset(second);
      expect(variable.get()).toBe(1);
      expect(() => variable.reset(second)).toThrow(
        new RuntimeError('ContextVar "v": this token has already been used once.'),
      );
    });
  });

  it("is refused by another variable, and in another context", () => {
    const [a, b] = [new ContextVar<number>("a"), new ContextVar<number>("b")];
    const token = new Context().run(() => a.set(1));
    expect(() => b.reset(token)).toThrow(new ValueError('ContextVar "b": the token is of another variable, "a".'));
    expect(() => a.reset(token)).toThrow(new ValueError('ContextVar "a": the token is of another context.'));
  });
});

describe("Context", () => {
  it("keeps what runs in it, passes arguments and results, and lets errors out", () => {
    const variable = new ContextVar("v", { default: 0 });
    const context = new Context();
    expect(context.run((a: number, b: number) => (variable.set(a + b), a * b), 3, 4)).toBe(12);
    expect([context.get(variable), variable.get(), context.run(() => variable.get())]).toEqual([7, 0, 7]);
    const failed = new Error("failed");
    expect(() =>
      context.run(() => {
        throw failed;
      }),
    ).toThrow(failed);
    expect(variable.get()).toBe(0);
  });

  it("cannot be entered while it is entered; a copy can", () => {
    const context = new Context();
    const nested = (): string => context.run(() => "twice");
    expect(() => context.run(nested)).toThrow(RuntimeError);
    expect(() => context.run(() => new Context().run(nested))).toThrow(RuntimeError);
    expect(context.run(() => context.copy().run(() => "in a copy"))).toBe("in a copy");
  });

  it("is copied as it is now: later changes are not seen on the other side", () => {
    const variable = new ContextVar("v", { default: "unset" });
    const trace = new Context().run(() => {
      variable.set("before");
      const copy = copyContext();
      variable.set("after");
      copy.run(() => variable.set(`${variable.get()}, in the copy`));
      return [variable.get(), copy.get(variable)];
    });
    expect(trace).toEqual(["after", "before, in the copy"]);
  });

  it("does not know defaults", () => {
    expect(new Context().get(new ContextVar("v", { default: 1 }))).toBe(undefined);
  });
});
