import { ExceptionGroup, ValueError } from "escapement";
import { describe, expect, it } from "vitest";

/** The tree of its messages. */
function tree(error: unknown): unknown {
  if (error === null) return null;
  return error instanceof ExceptionGroup ? [error.message, ...error.errors.map(tree)] : (error as Error).message;
}

const inner = new ExceptionGroup([new ValueError("size"), new TypeError("kind")], "inner");
const outer = new ExceptionGroup([new RangeError("far"), inner, new ValueError("delay")], "outer", {
  cause: "the cause",
});
const isValueError = (error: unknown): boolean => error instanceof ValueError;

describe("ExceptionGroup", () => {
  it("holds errors, and is an AggregateError with a message", () => {
    expect([outer instanceof AggregateError, outer.name, outer.message, outer.errors.length]).toEqual([
      true,
      "ExceptionGroup",
      "outer",
      3,
    ]);
    expect(() => new ExceptionGroup([])).toThrow("ExceptionGroup: expected at least one error, got none.");
  });

  it("is divided with its structure into what matches and the rest", () => {
    const [matching, rest] = outer.split(isValueError);
    expect(tree(matching)).toEqual(["outer", ["inner", "size"], "delay"]);
    expect(tree(rest)).toEqual(["outer", "far", ["inner", "kind"]]);
    expect([matching!.cause, rest!.cause]).toEqual(["the cause", "the cause"]);
    expect(matching!.errors.at(-1)).toBe(outer.errors.at(-1));
  });

  it("gives null for a part that is empty, and itself for a part that is all", () => {
    expect(outer.split((error) => error instanceof SyntaxError)).toEqual([null, expect.any(ExceptionGroup)]);
    expect(outer.split((error) => error instanceof ExceptionGroup)).toEqual([outer, null]);
    expect(tree(outer.subgroup((error) => error instanceof TypeError))).toEqual(["outer", ["inner", "kind"]]);
    expect(outer.subgroup((error) => error instanceof SyntaxError)).toBe(null);
  });
});
